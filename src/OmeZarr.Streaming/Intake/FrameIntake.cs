using System.Diagnostics;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Intake;

/// <summary>A frame as a camera thread hands it in.</summary>
public readonly unsafe struct FrameInput
{
    /// <summary>In place of a frame number: the next one.</summary>
    public const long NextIndex = -1;

    /// <summary>First pixel of the first row; readable for <see cref="Bytes"/> bytes.</summary>
    public required byte* Pixels { get; init; }

    public required ulong Bytes { get; init; }

    /// <summary>Bytes from one row to the next, or 0 when rows are packed.</summary>
    public ulong RowStride { get; init; }

    /// <summary>Frame number in acquisition order, or <see cref="NextIndex"/>.</summary>
    public long Index { get; init; }
}

/// <summary>
/// The camera thread's side: checks a frame, claims a slot (waiting as back-pressure says), copies the pixels and
/// publishes. Takes no lock and allocates nothing unless it refuses something.
/// </summary>
internal sealed unsafe class FrameIntake
{
    /// <summary>Frames that one record skips at most, so that the ledger's window moves on in between.</summary>
    private const long SkipPiece = 65536;

    private readonly FrameRing _ring;
    private readonly FrameLedger _ledger;
    private readonly FrameDistributor _distributor;
    private readonly WorkInFlight _inFlight;
    private readonly StickyFault _fault;
    private readonly AcquisitionPlan _plan;
    private readonly long _rowBytes;
    private readonly bool _severalProducers;
    private long _cursor;

    public FrameIntake(
        AcquisitionPlan plan, FrameRing ring, FrameLedger ledger, FrameDistributor distributor, WorkInFlight inFlight, StickyFault fault)
    {
        _plan = plan;
        _ring = ring;
        _ledger = ledger;
        _distributor = distributor;
        _inFlight = inFlight;
        _fault = fault;
        _rowBytes = plan.FrameBytes / plan.FrameHeight;
        _severalProducers = plan.Pipeline.Producers > 1;
        Gate = new ProducerGate(!_severalProducers);
    }

    public ProducerGate Gate { get; }

    public IntakeCounters Counters { get; } = new();

    /// <summary>Takes a frame. On success its pixels have been copied.</summary>
    public AppendOutcome Append(in FrameInput frame)
    {
        var started = Stopwatch.GetTimestamp();
        var pass = Gate.TryEnter();
        if (pass != GatePass.Entered)
            return NotEntered(pass);
        try
        {
            var outcome = Take(frame);
            if (outcome.Status == AppendStatus.Ok)
                Counters.Appended(_plan.FrameBytes, Stopwatch.GetElapsedTime(started).Ticks * 100);
            return outcome;
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Lets producers that wait for a slot look at the gate and the fault again.</summary>
    public void WakeWaiting() => _ring.SlotFreed.Notify();

    /// <summary>Leaves out the next frames.</summary>
    public AppendOutcome Skip(long count)
    {
        var pass = Gate.TryEnter();
        if (pass != GatePass.Entered)
            return NotEntered(pass);
        try
        {
            return SkipNext(count);
        }
        finally
        {
            Gate.Leave();
        }
    }

    private AppendOutcome Take(in FrameInput frame)
    {
        if (_fault.First is { } fault)
            return Refused(fault);
        var stride = frame.RowStride == 0 ? (ulong)_rowBytes : frame.RowStride;
        if (Refusal(frame, stride) is { } refusal)
            return refusal;
        var index = frame.Index == FrameInput.NextIndex ? _cursor : frame.Index;
        if (index >= (_plan.Router.TotalFrames ?? long.MaxValue))
            return TooMany(index);
        var claim = ClaimSlot(out var slot, out var generation);
        if (claim.Status == AppendStatus.Dropped)
            return Drop(index);
        if (claim.Status != AppendStatus.Ok)
            return claim;
        if (_ledger.TryTake(index) is var taken && taken != FrameClaim.Taken)
        {
            _ring.Free(slot);
            _inFlight.EndRecord(generation);
            return NotTaken(index, taken);
        }

        Copy(frame.Pixels, stride, _ring.Address(slot));
        Publish(new FrameRecord { Index = index, Slot = slot, Count = 1, Generation = generation });
        Advance(index + 1);
        return AppendOutcome.Ok;
    }

    private AppendOutcome? Refusal(in FrameInput frame, ulong stride)
    {
        var needed = (UInt128)stride * (ulong)(_plan.FrameHeight - 1) + (ulong)_rowBytes;
        if (frame.RowStride != 0 && stride < (ulong)_rowBytes)
            return new AppendOutcome(AppendStatus.FrameSize, $"row_stride is {stride} bytes, but a row of {_plan.FrameWidth} pixels has {_rowBytes}");
        if (frame.RowStride == 0 ? frame.Bytes != (ulong)_plan.FrameBytes : frame.Bytes < needed)
        {
            return new AppendOutcome(
                AppendStatus.FrameSize,
                $"size_bytes is {frame.Bytes}, but a frame of {_plan.FrameHeight} x {_plan.FrameWidth} pixels with rows {stride} bytes apart has {needed}");
        }

        if (frame.Index < FrameInput.NextIndex)
            return new AppendOutcome(AppendStatus.FrameIndex, $"index is {frame.Index}; frame numbers begin at 0, and -1 means the next one");
        if (frame.Index == FrameInput.NextIndex && _severalProducers)
            return new AppendOutcome(AppendStatus.FrameIndex, "with pipeline.producers > 1 each frame needs its index");
        return null;
    }

    // Counted before it is tried: between a claim and its count the stream would look stalled to other producers.
    private bool TryClaim(out int slot, out int generation)
    {
        generation = _inFlight.BeginRecord();
        if (_ring.TryClaim(out slot))
            return true;
        _inFlight.EndRecord(generation);
        return false;
    }

    private AppendOutcome ClaimSlot(out int slot, out int generation)
    {
        if (TryClaim(out slot, out generation))
            return AppendOutcome.Ok;
        Counters.RingWait();
        switch (_plan.Pipeline.Backpressure)
        {
            case Backpressure.Fail:
                return new AppendOutcome(AppendStatus.RingFull, $"all {_ring.Slots} slots of the ring are in use");
            case Backpressure.Drop:
                return new AppendOutcome(AppendStatus.Dropped, null);
            default:
                var started = Stopwatch.GetTimestamp();
                var outcome = WaitForSlot(out slot, out generation);
                Counters.RingWaited(Stopwatch.GetElapsedTime(started).Ticks * 100);
                return outcome;
        }
    }

    private AppendOutcome WaitForSlot(out int slot, out int generation)
    {
        var deadline = Deadline.After(_plan.Pipeline.AppendTimeoutMs);
        while (true)
        {
            var ticket = _ring.SlotFreed.Prepare();
            if (TryClaim(out slot, out generation))
            {
                _ring.SlotFreed.Cancel();
                return AppendOutcome.Ok;
            }

            if (GiveUp(deadline) is { } outcome)
            {
                _ring.SlotFreed.Cancel();
                return outcome;
            }

            _ring.SlotFreed.Wait(ticket, StallCheckMs(deadline));
        }
    }

    // A stall shows only in the absence of events, so that it is looked for now and then.
    private static int StallCheckMs(Deadline deadline)
    {
        const int everyMs = 20;
        var remaining = deadline.RemainingMs;
        return remaining < 0 ? everyMs : Math.Min(everyMs, remaining);
    }

    private AppendOutcome? GiveUp(Deadline deadline)
    {
        if (_fault.First is { } fault)
            return Refused(fault);
        if (Gate.IsClosed)
            return NotEntered(GatePass.Closed);
        if (IsStalled)
        {
            return new AppendOutcome(
                AppendStatus.Stalled,
                $"all {_ring.Slots} slots hold frames of chunks that still wait for other frames: raise pipeline.ring_frames or pipeline.memory_budget_bytes, or make chunks shorter along the frame axes");
        }

        return deadline.HasPassed
            ? new AppendOutcome(AppendStatus.Timeout, $"no slot of the ring became free within {_plan.Pipeline.AppendTimeoutMs} ms (pipeline.append_timeout_ms)")
            : null;
    }

    // Nobody is at work, and nothing that could become work: read in this order, since records become jobs.
    private bool IsStalled =>
        (_inFlight.NoRecords || _distributor.IsBlocked) && _inFlight.NoJobs && _ring.Occupied == _ring.Slots
        && (_inFlight.NoRecords || _distributor.IsBlocked);

    private AppendOutcome Drop(long index)
    {
        var outcome = PublishGap(index, 1, Deadline.After(_plan.Pipeline.AppendTimeoutMs));
        if (outcome.Status != AppendStatus.Ok)
            return outcome;
        Advance(index + 1);
        Counters.Dropped();
        return new AppendOutcome(AppendStatus.Dropped, null);
    }

    private AppendOutcome SkipNext(long count)
    {
        if (_fault.First is { } fault)
            return Refused(fault);
        if (_severalProducers)
            return new AppendOutcome(AppendStatus.FrameIndex, "with pipeline.producers > 1 there is no next frame to skip: leave its index out");
        if (_plan.Router.TotalFrames is { } total && count > total - _cursor)
            return new AppendOutcome(AppendStatus.TooManyFrames, $"{count} frames to skip, but only {total - _cursor} of {total} are left");
        for (long done = 0; done < count;)
        {
            var piece = Math.Min(SkipPiece, count - done);
            var outcome = PublishGap(_cursor, piece, Deadline.After(_plan.Pipeline.AppendTimeoutMs));
            if (outcome.Status != AppendStatus.Ok)
                return outcome with { Message = $"{outcome.Message} ({done} of {count} frames were skipped)" };
            Advance(_cursor + piece);
            Counters.Skipped(piece);
            done += piece;
        }

        return AppendOutcome.Ok;
    }

    // Frames that never come are routed like others, so that their chunks do not wait for them.
    private AppendOutcome PublishGap(long index, long count, Deadline deadline)
    {
        for (var frame = index; frame < index + count; frame++)
        {
            var claim = _ledger.TryTake(frame);
            if (claim == FrameClaim.TooFarAhead)
            {
                if (WaitForWindow(frame, deadline) is { } refusal)
                    return refusal;
                claim = _ledger.TryTake(frame);
            }

            if (claim != FrameClaim.Taken)
                return NotTaken(frame, claim);
        }

        Publish(new FrameRecord { Index = index, Slot = FrameRecord.NoSlot, Count = count, Generation = _inFlight.BeginRecord() });
        return AppendOutcome.Ok;
    }

    private AppendOutcome? WaitForWindow(long frame, Deadline deadline)
    {
        var inTime = _inFlight.WaitUntil(() => frame - _ledger.Lowest < FrameLedger.Window || _fault.IsSet, deadline);
        if (_fault.First is { } fault)
            return Refused(fault);
        return inTime ? null : NotTaken(frame, FrameClaim.TooFarAhead) with { Status = AppendStatus.Timeout };
    }

    // Records without a slot may fill the queue for a moment; whoever sorts frames empties it.
    private void Publish(in FrameRecord record)
    {
        var spin = new SpinWait();
        while (!_ring.TryPublish(record))
        {
            _inFlight.Work.Notify();
            spin.SpinOnce();
        }

        _inFlight.Work.Notify();
    }

    private void Copy(byte* pixels, ulong stride, byte* slot)
    {
        // SAFETY: the caller vouches for the source, whose size was checked; a slot holds a whole packed frame.
        if (stride == (ulong)_rowBytes)
        {
            Buffer.MemoryCopy(pixels, slot, _ring.SlotBytes, _plan.FrameBytes);
            return;
        }

        for (long row = 0; row < _plan.FrameHeight; row++)
            Buffer.MemoryCopy(pixels + (ulong)row * stride, slot + row * _rowBytes, _rowBytes, _rowBytes);
    }

    // Several producers name their frames, so that only a single one moves the cursor.
    private void Advance(long next)
    {
        if (!_severalProducers)
            _cursor = next;
    }

    private AppendOutcome Refused(StreamFault fault)
    {
        _fault.CountRefusal();
        return new AppendOutcome(AppendStatus.Failed, fault.Message);
    }

    private AppendOutcome TooMany(long index) => new(
        AppendStatus.TooManyFrames, $"frame {index} is beyond the {_plan.Router.TotalFrames} frames of the declared dimensions");

    private AppendOutcome NotTaken(long index, FrameClaim claim) => new(
        AppendStatus.FrameIndex,
        claim == FrameClaim.AlreadyTaken
            ? $"frame {index} has been appended or skipped before"
            : $"frame {index} is more than {FrameLedger.Window} ahead of frame {_ledger.Lowest}, which is missing");

    private static AppendOutcome NotEntered(GatePass pass) => pass == GatePass.Busy
        ? new AppendOutcome(AppendStatus.Busy, "another thread is appending to this stream (set pipeline.producers for several)")
        : new AppendOutcome(AppendStatus.Finalized, "the stream is being finalized or was aborted");
}
