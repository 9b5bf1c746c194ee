using System.Globalization;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Storage;

namespace OmeZarr.Streaming;

/// <summary>
/// The room that the store has left: whether the acquisition fits, and for how long it will do at the present rate. Looks are
/// the flush loop's; any thread reads what they saw.
/// </summary>
internal sealed class FreeSpace
{
    /// <summary>The value of what is not known.</summary>
    public const long Unknown = -1;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A warning at each of these, in seconds left.</summary>
    private static readonly long[] WarnAt = [600, 60];

    private readonly AcquisitionPlan _plan;
    private readonly IWritableStore _store;
    private readonly Action<string>? _onWarning;
    private readonly WriteRate _rate = new();
    private readonly long? _most;
    private readonly long? _frames;
    private TimeSpan? _next;
    private int _warned;
    private long _bytes = Unknown;
    private long _secondsLeft = Unknown;
    private long _toCome;

    /// <param name="plan">What is written.</param>
    /// <param name="store">Where.</param>
    /// <param name="onWarning">Told when room grows short; on the flush loop's thread.</param>
    public FreeSpace(AcquisitionPlan plan, IWritableStore store, Action<string>? onWarning)
    {
        _plan = plan;
        _store = store;
        _onWarning = onWarning;
        _most = MostStored.Bytes(plan);
        _toCome = _most ?? Unknown;
        _frames = _most is null ? null : plan.Cameras.Sum(camera => camera.Router.TotalFrames);
    }

    /// <summary>Bytes that were free at the last look.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How long they last at the rate of the last seconds; unknown while nothing is written.</summary>
    public long SecondsLeft => Volatile.Read(ref _secondsLeft);

    /// <summary>The most bytes that are still to come; unknown when an array grows without bound.</summary>
    public long ToCome => Volatile.Read(ref _toCome);

    /// <summary>Refuses an acquisition that may not fit, if its settings ask for that; warns of it otherwise.</summary>
    /// <param name="done">The share of the acquisition that is there already, 0 to 1.</param>
    /// <exception cref="StoreException">There may be too little room.</exception>
    public void CheckAtBeginning(double done)
    {
        var free = _store.FreeBytes();
        Volatile.Write(ref _bytes, free ?? Unknown);
        if (_most is not { } whole || free is not { } bytes)
            return;
        var most = (long)(whole * (1 - done));
        if (most <= bytes)
            return;
        var finding = $"{_plan.OutputPath}: the acquisition may need {Size(most)}, and {Size(bytes)} are free";
        if (_plan.Settings.FreeSpace == FreeSpaceCheck.Require)
        {
            throw new StoreException(StoreErrorKind.NoSpace,
                $"{finding}. Make room, or write elsewhere; store.free_space \"warn\" begins all the same, since compression may "
                    + $"make it fit");
        }

        Warn($"{finding}; compression may make it fit");
    }

    /// <summary>Looks again, not oftener than every second.</summary>
    /// <param name="now">The time, from any beginning.</param>
    /// <param name="written">Bytes and frames written so far.</param>
    public void Look(TimeSpan now, Func<(long Bytes, long Frames)> written)
    {
        if (_next > now)
            return;
        _next = now + Interval;
        var (bytes, frames) = written();
        _rate.Add(now, bytes);
        if (_most is { } most)
            Volatile.Write(ref _toCome, Math.Max(0, most - bytes));
        var free = _store.FreeBytes();
        Volatile.Write(ref _bytes, free ?? Unknown);
        var seconds = free is { } left && _rate.PerSecond > 0
            ? (long)Math.Min(long.MaxValue / 2, left / _rate.PerSecond)
            : Unknown;
        Volatile.Write(ref _secondsLeft, seconds);
        if (seconds != Unknown)
            WarnInTime(free!.Value, seconds, StillNeeded(bytes, frames));
    }

    // By what the frames so far have needed; unknown when nobody knows how many will come.
    private long? StillNeeded(long bytes, long frames) => _frames is { } all && frames > 0
        ? (long)Math.Min(long.MaxValue / 2, (double)bytes / frames * Math.Max(0, all - frames))
        : null;

    private void WarnInTime(long free, long seconds, long? needed)
    {
        var due = needed <= free ? 0 : WarnAt.Count(limit => seconds < limit);
        if (due > _warned)
        {
            var need = needed is { } bytes ? $", and about {Size(bytes)} are still to be written" : "";
            Warn($"{_plan.OutputPath}: {Size(free)} are free, which at the present rate last {Time(seconds)}{need}");
        }

        _warned = due;
    }

    private void Warn(string warning)
    {
        if (_plan.Settings.FreeSpace != FreeSpaceCheck.Ignore)
            _onWarning?.Invoke(warning);
    }

    private static string Time(long seconds) => seconds < 120 ? $"{seconds} seconds" : $"{seconds / 60} minutes";

    private static string Size(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, 1)} {units[unit]}");
    }
}
