using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Frames that never come: skipped by the caller or dropped for want of a slot. They are routed like others, so that their
/// chunks do not wait for them.
/// </summary>
internal sealed class FrameGap(
    AcquisitionPlan plan, FrameSequence sequence, WorkInFlight inFlight, PlaceSupply places, FrameGap.Publisher publish)
{
    /// <summary>Frames that one record covers at most, so that the ledger's window moves on in between.</summary>
    private const long Piece = 65536;

    internal delegate void Publisher(in FrameRecord record, in FramePixels pixels);

    /// <summary>Records a frame as dropped.</summary>
    public AppendOutcome Drop(long index)
    {
        var outcome = Leave(index, 1);
        return outcome.Status == AppendStatus.Ok ? new AppendOutcome(AppendStatus.Dropped, null) : outcome;
    }

    /// <summary>Leaves out the next frames; tells how many, also when it fails in between.</summary>
    public AppendOutcome Skip(long count, out long skipped)
    {
        skipped = 0;
        if (places.FaultRefusal() is { } refusal)
            return refusal;
        if (sequence.SeveralProducers)
            return new AppendOutcome(AppendStatus.FrameIndex, "with pipeline.producers > 1 there is no next frame to skip: leave its index out");
        if (count > sequence.Left)
            return new AppendOutcome(AppendStatus.TooManyFrames, $"{count} frames to skip, but only {sequence.Left} are left");
        while (skipped < count)
        {
            var piece = Math.Min(Piece, count - skipped);
            var outcome = Leave(sequence.Next, piece);
            if (outcome.Status != AppendStatus.Ok)
                return outcome with { Message = $"{outcome.Message} ({skipped} of {count} frames were skipped)" };
            skipped += piece;
        }

        return AppendOutcome.Ok;
    }

    private AppendOutcome Leave(long index, long count)
    {
        var deadline = Deadline.After(plan.Pipeline.AppendTimeoutMs);
        for (var frame = index; frame < index + count; frame++)
        {
            var claim = sequence.Ledger.TryTake(frame);
            if (claim == FrameClaim.TooFarAhead)
            {
                if (WaitForWindow(frame, deadline) is { } refusal)
                    return refusal;
                claim = sequence.Ledger.TryTake(frame);
            }

            if (claim != FrameClaim.Taken)
                return sequence.NotTaken(frame, claim);
        }

        publish(new FrameRecord { Index = index, Place = FrameRecord.NoPlace, Count = count, Generation = inFlight.BeginRecord() }, default);
        sequence.Advance(index + count);
        return AppendOutcome.Ok;
    }

    private AppendOutcome? WaitForWindow(long frame, Deadline deadline)
    {
        var inTime = inFlight.WaitUntil(() => frame - sequence.Ledger.Lowest < FrameLedger.Window || places.HasFailed, deadline);
        return places.FaultRefusal()
            ?? (inTime ? null : sequence.NotTaken(frame, FrameClaim.TooFarAhead) with { Status = AppendStatus.Timeout });
    }
}
