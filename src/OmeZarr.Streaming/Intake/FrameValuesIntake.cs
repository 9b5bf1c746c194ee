using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Documents;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Checks and takes the metadata of a frame on the camera's thread. Typed properties cost a copy of a few words. A text is parsed
/// once and copied; it waits for room as frames wait for slots. What cannot be stored is left out and never costs the frame.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class FrameValuesIntake(CameraPlan plan, FrameValuesInFlight inFlight, StickyFault fault,
    ProducerGate gate, Action<string>? onWarning)
{
    // A freed text notifies, and so do a fault and the end; this bounds the wait in case a notification is missed.
    private const int LookAgainMs = 100;

    private int _hasTold;

    private const string Full = "the metadata_json of frames in flight fill the room that there is for them";

    /// <summary>The refusal of a text for which there is no room now.</summary>
    public static AppendOutcome IsFull { get; } = new(AppendStatus.RingFull, Full);

    /// <summary>
    /// Checks a frame's metadata and stores its text. On success the values must be published with the frame, or given back with
    /// <see cref="Withdraw"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome Take(in FrameInput frame, out FrameValues values)
    {
        if (frame.Properties.Has != FrameProperty.None || frame.Json != null)
            return TakeWhatCame(frame, out values);
        values = FrameValues.None;
        return AppendOutcome.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome TakeWhatCame(in FrameInput frame, out FrameValues values)
    {
        var properties = frame.Properties;
        var outcome = properties.Has == FrameProperty.None ? AppendOutcome.Ok : DropWhatIsNotFinite(ref properties);
        values = new FrameValues(properties, TextPool.None, 0);
        if (frame.Json == null)
            return outcome;
        // SAFETY: the caller vouches for the text, as for the pixels.
        var text = new ReadOnlySpan<byte>(frame.Json, frame.JsonBytes);
        var problem = FrameTextReader.Read(text, ref properties, out var hasFreeKeys, out var lost);
        // Of a text that is left out, nothing is taken.
        if (problem is null)
            values = new FrameValues(properties, TextPool.None, 0);
        if ((problem ?? lost) is { } what)
            outcome = Lost($"metadata_json {what}");
        if (problem is not null || !hasFreeKeys)
            return outcome;
        var kept = Keep(text, frame.WaitMs, ref values);
        return kept.Status == AppendStatus.Ok ? outcome : kept;
    }

    /// <summary>Gives back the values of a frame that is not published.</summary>
    public void Withdraw(in FrameValues values) => inFlight.Texts.Free(values.Text);

    /// <summary>Makes producers that wait for room check the gate and the fault again.</summary>
    public void WakeWaiting() => inFlight.Texts.Freed.Notify();

    // The usual case writes nothing.
    private AppendOutcome DropWhatIsNotFinite(ref FrameProperties properties)
    {
        var outcome = AppendOutcome.Ok;
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (!properties.Knows(property) || double.IsFinite(properties.Number(property)))
                continue;
            properties.Has &= ~property;
            outcome = HasTold
                ? AppendOutcome.MetadataLost
                : Lost($"{name} is not finite; it goes without its flag where unknown");
        }

        return outcome;
    }

    private bool HasTold => Volatile.Read(ref _hasTold) != 0;

    // Told once: every frame of an acquisition may have the same defect.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome Lost(HostSafeText what)
    {
        // Full fence: of several producers, one tells.
        if (Interlocked.Exchange(ref _hasTold, 1) == 0)
            onWarning?.Invoke($"frames are stored without some of their metadata; with the first, {what.ToText()}");
        return AppendOutcome.MetadataLost;
    }

    private AppendOutcome Keep(ReadOnlySpan<byte> text, int? waitMs, ref FrameValues values)
    {
        var outcome = inFlight.Texts.TryKeep(text, out var first) ? AppendOutcome.Ok : plan.Pipeline.Backpressure switch
        {
            Backpressure.Fail => IsFull,
            Backpressure.Drop => new AppendOutcome(AppendStatus.Dropped, null),
            _ => WaitToKeep(text, Deadline.After(waitMs ?? plan.Pipeline.AppendTimeoutMs), out first),
        };
        values = values with { Text = first, TextBytes = text.Length };
        return outcome;
    }

    private AppendOutcome WaitToKeep(ReadOnlySpan<byte> text, Deadline deadline, out int first)
    {
        while (true)
        {
            var ticket = inFlight.Texts.Freed.Prepare();
            if ((inFlight.Texts.TryKeep(text, out first) ? AppendOutcome.Ok : GiveUp(deadline)) is { } outcome)
            {
                inFlight.Texts.Freed.Cancel();
                return outcome;
            }

            var remaining = deadline.RemainingMs;
            inFlight.Texts.Freed.Wait(ticket, remaining < 0 ? LookAgainMs : Math.Min(LookAgainMs, remaining));
        }
    }

    private AppendOutcome? GiveUp(Deadline deadline)
    {
        if (fault.First is { } first)
            return new AppendOutcome(AppendStatus.Failed, first.Message);
        if (gate.IsClosed)
            return Refusals.Ended;
        return deadline.HasPassed ? new AppendOutcome(AppendStatus.Timeout, $"{Full}, and none of it came free in time") : null;
    }
}
