using OmeZarr.Acquisition;
using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Intake;

/// <summary>Skips frames: those that the caller leaves out, and those that back-pressure drops.</summary>
internal sealed class FrameSkipping(
    CameraPlan plan, FrameSequence sequence, AbsentFrames absent, InFlightCounts inFlight, SlotSupply slots, ProducerGate gate)
{
    /// <summary>Records a frame as dropped. Never waits.</summary>
    public AppendOutcome Drop(long index)
    {
        if (sequence.Take(index) is { } refusal)
            return refusal;
        absent.Add(index);
        absent.Notify();
        return new AppendOutcome(AppendStatus.Dropped, null);
    }

    /// <summary>Skips the next frames; tells how many, also when it fails part-way.</summary>
    public AppendOutcome Skip(long count, out long skipped)
    {
        skipped = 0;
        if (slots.FaultRefusal() is { } refusal)
            return refusal;
        if (sequence.SeveralProducers)
            return new AppendOutcome(AppendStatus.FrameIndex,
                "with pipeline.producers > 1 there is no next frame to skip: leave its index out");
        if (count > sequence.Left)
            return new AppendOutcome(AppendStatus.TooManyFrames, $"{count} frames to skip, but only {sequence.Left} are left");
        var outcome = LeaveOut(count, ref skipped);
        absent.Notify();
        return outcome.Status == AppendStatus.Ok
            ? outcome
            : outcome with { Message = $"{outcome.Message} ({skipped} of {count} frames were skipped)" };
    }

    /// <summary>Takes the number of a frame that does not come once more when an acquisition goes on.</summary>
    public AppendOutcome LeaveOut(long frame)
    {
        if (WaitUntilInWindow(frame) is { } end)
            return end;
        if (sequence.Take(frame) is { } refusal)
            return refusal;
        absent.Add(frame);
        absent.Notify();
        return AppendOutcome.Ok;
    }

    /// <summary>Waits until a frame is near enough to the ones that are still on their way; null: it is.</summary>
    public AppendOutcome? WaitUntilInWindow(long frame) =>
        sequence.Ledger.IsTooFarAhead(frame) ? WaitForWindow(frame) : null;

    private AppendOutcome LeaveOut(long count, ref long skipped)
    {
        while (skipped < count)
        {
            var frame = sequence.Next;
            if (WaitUntilInWindow(frame) is { } end)
                return end;
            if (sequence.Take(frame) is { } refusal)
                return refusal;
            absent.Add(frame);
            skipped++;
        }

        return AppendOutcome.Ok;
    }

    // The window moves while records are routed; once there are none, it waits for a missing frame.
    private AppendOutcome? WaitForWindow(long frame)
    {
        absent.Notify();
        var inTime = inFlight.WaitUntil(
            () => !sequence.Ledger.IsTooFarAhead(frame) || inFlight.NoRecords || slots.HasFailed || gate.IsClosed,
            Deadline.After(plan.Pipeline.AppendTimeoutMs));
        if (slots.FaultRefusal() is { } refusal)
            return refusal;
        if (gate.IsClosed)
            return Refusals.Ended;
        if (!sequence.Ledger.IsTooFarAhead(frame))
            return null;
        var tooFar = sequence.NotTaken(frame, FrameClaim.TooFarAhead);
        return inTime ? tooFar : tooFar with { Status = AppendStatus.Timeout };
    }
}
