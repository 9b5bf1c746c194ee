using System.Diagnostics;
using System.Text.RegularExpressions;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>
/// Row 12: how soon a frame can be read, and so how much a killed process loses at most: the time from its append to the shape
/// that covers it. At least the flush interval; what is above it is the publication's own time, and that of the chunks before it.
/// </summary>
internal sealed partial class VisibilityRow : IRow
{
    private const double FramesPerSecond = 50;
    private const int IntervalMs = 200;

    /// <summary>Of the interval.</summary>
    private const double Most = 2;

    public int Number => 12;

    public string Title => "how soon frames are readable";

    public void Measure(BenchmarkRun run)
    {
        foreach (var sync in new[] { Sync.Never, Sync.Flush })
        {
            run.Say($"fsync {sync}");
            run.Results.Findings.Add(Line(run, sync, busy: false));
            run.Say($"fsync {sync}, {CompetingLoad.Name}");
            using var load = new CompetingLoad(run.Disk);
            run.Results.Findings.Add(Line(run, sync, busy: true));
        }
    }

    private static Finding Line(BenchmarkRun run, Sync sync, bool busy)
    {
        var regime = new Regime(Layouts.LargeFrames, Codecs.Lz4);
        var lags = new List<double>();
        for (var round = 0; round < run.Effort.Rounds; round++)
            lags.Add(LongestLagMs(regime, sync, run.Pools[regime.Layout.Frame], run.Disk, run.Effort.PacedSeconds));
        return new Finding
        {
            Row = 12,
            Name = $"{regime.Name}, {FramesPerSecond:0} frames/s; "
                + $"{run.Disk.Name}, fsync {sync.ToString().ToLowerInvariant()}{(busy ? $"; {CompetingLoad.Name}" : "")}",
            Quantity = "longest time from append until the shape covers the frame",
            Unit = "ms",
            Measured = Spread.Of(lags),
            Against = $"flush_interval_ms, {IntervalMs} ms",
            Ratio = Spread.Of(lags.Select(lag => lag / IntervalMs)),
            Budget = Budget.AtMost(Most),
        };
    }

    private static unsafe double LongestLagMs(Regime regime, Sync sync, FramePool pool, WorkFolder folder, double seconds)
    {
        var frames = (int)(seconds * FramesPerSecond);
        var appended = new long[frames];
        var settings = SettingsDocument.Of(regime, folder.Dataset, sync, document =>
            document["durability"]!["flush_interval_ms"] = IntervalMs);
        using var stream = NativeStream.Create(settings);
        var watching = Task.Factory.StartNew(() => Watch(folder, appended), TaskCreationOptions.LongRunning);
        var pacer = new Pacer();
        for (var frame = 0; frame < frames; frame++)
        {
            pacer.WaitUntil(frame / FramesPerSecond);
            stream.Append(pool[frame], pool.Shape.Bytes);
            Volatile.Write(ref appended[frame], Stopwatch.GetTimestamp());
        }

        var longest = watching.Result;
        stream.Finish();
        folder.RemoveDataset();
        return longest;
    }

    // Until every frame is covered.
    private static double Watch(WorkFolder folder, long[] appended)
    {
        var document = Path.Combine(folder.Dataset, "0", "zarr.json");
        double longest = 0;
        for (var seen = 0; seen < appended.Length; Pacer.Pause())
        {
            var length = int.Parse(Shape().Match(File.ReadAllText(document)).Groups[1].ValueSpan,
                System.Globalization.CultureInfo.InvariantCulture);
            var now = Stopwatch.GetTimestamp();
            for (; seen < length; seen++)
                longest = Math.Max(longest, (now - Volatile.Read(ref appended[seen])) * 1000.0 / Stopwatch.Frequency);
        }

        return longest;
    }

    [GeneratedRegex("\"shape\":\\s*\\[\\s*(\\d+)")]
    private static partial Regex Shape();
}
