using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Documents;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Takes and checks the metadata of a frame on the camera's thread. Typed properties cost a copy of a few words; a text is
/// read once and copied, and waits for room as frames wait for slots.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class FrameValuesIntake(CameraPlan plan, FrameValuesInFlight notes, StickyFault fault, ProducerGate gate)
{
    // A text comes free with a notice, and so do a fault and the end; this is for a notice that none of them gives.
    private const int LookAgainMs = 100;

    private const string Full = "the metadata_json of frames in flight fill the room that there is for them";

    /// <summary>The refusal of a text for which there is no room now.</summary>
    public static AppendOutcome IsFull { get; } = new(AppendStatus.RingFull, Full);

    /// <summary>
    /// Checks a frame's metadata and keeps its text. On success the note is to be published with its frame or given back with
    /// <see cref="Withdraw"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome Take(in FrameInput frame, out FrameValues note)
    {
        if (frame.Properties.Has != FrameProperty.None || frame.Json != null)
            return TakeWhatCame(frame, out note);
        note = FrameValues.None;
        return AppendOutcome.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome TakeWhatCame(in FrameInput frame, out FrameValues note)
    {
        note = new FrameValues(frame.Properties, TextPool.None, 0);
        if (frame.Properties.Has != FrameProperty.None && Refusal(frame.Properties) is { } wrong)
            return wrong;
        if (frame.Json == null)
            return AppendOutcome.Ok;
        var properties = frame.Properties;
        // SAFETY: the caller vouches for the text, as for the pixels.
        var text = new ReadOnlySpan<byte>(frame.Json, frame.JsonBytes);
        if (FrameTextReader.Read(text, ref properties, out var hasFreeKeys) is { } problem)
            return new AppendOutcome(AppendStatus.Metadata, $"metadata_json {problem}");
        note = new FrameValues(properties, TextPool.None, 0);
        return hasFreeKeys ? Keep(text, ref note) : AppendOutcome.Ok;
    }

    /// <summary>Gives back a note that goes with no frame.</summary>
    public void Withdraw(in FrameValues note) => notes.Texts.Free(note.Text);

    /// <summary>Lets producers that wait for room look at the gate and the fault again.</summary>
    public void WakeWaiting() => notes.Texts.Freed.Notify();

    private static AppendOutcome? Refusal(in FrameProperties properties)
    {
        foreach (var (property, name) in FramePropertyNames.Numbers)
        {
            if (properties.Knows(property) && !double.IsFinite(properties.Number(property)))
                return new AppendOutcome(AppendStatus.Metadata, $"{name} is {properties.Number(property)}; it must be finite, and without its flag where it is not known");
        }

        return null;
    }

    private AppendOutcome Keep(ReadOnlySpan<byte> text, ref FrameValues note)
    {
        var outcome = notes.Texts.TryKeep(text, out var first) ? AppendOutcome.Ok : plan.Pipeline.Backpressure switch
        {
            Backpressure.Fail => IsFull,
            Backpressure.Drop => new AppendOutcome(AppendStatus.Dropped, null),
            _ => WaitToKeep(text, Deadline.After(plan.Pipeline.AppendTimeoutMs), out first),
        };
        note = note with { Text = first, TextBytes = text.Length };
        return outcome;
    }

    private AppendOutcome WaitToKeep(ReadOnlySpan<byte> text, Deadline deadline, out int first)
    {
        while (true)
        {
            var ticket = notes.Texts.Freed.Prepare();
            if ((notes.Texts.TryKeep(text, out first) ? AppendOutcome.Ok : GiveUp(deadline)) is { } outcome)
            {
                notes.Texts.Freed.Cancel();
                return outcome;
            }

            var remaining = deadline.RemainingMs;
            notes.Texts.Freed.Wait(ticket, remaining < 0 ? LookAgainMs : Math.Min(LookAgainMs, remaining));
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
