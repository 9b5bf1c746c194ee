using System.Diagnostics;
using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Memory;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// The camera thread's side: takes frames by copying them into a slot, in a slot that the camera filled itself, or in place in
/// the caller's memory. Takes no lock, and allocates nothing unless it refuses a frame.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe partial class FrameIntake
{
    private readonly FrameRing _ring;
    private readonly InFlightCounts _inFlight;
    private readonly FrameShape _shape;
    private readonly FrameSequence _sequence;
    private readonly SlotSupply _slots;
    private readonly FrameSkipping _skipping;
    private readonly FrameValuesInFlight _values;
    private readonly FrameValuesIntake _taker;
    private readonly StickyFault _fault;

    public FrameIntake(
        CameraPlan plan, FrameRing ring, FrameNumbers numbers, InFlightCounts inFlight, StickyFault fault,
        FrameValuesInFlight values, Action<string>? onWarning = null)
    {
        _values = values;
        _fault = fault;
        _ring = ring;
        _inFlight = inFlight;
        _shape = new FrameShape(plan);
        _sequence = new FrameSequence(plan, numbers.Taken);
        Gate = new ProducerGate(exclusive: !_sequence.SeveralProducers);
        _slots = new SlotSupply(plan, ring, inFlight, fault, Gate, Counters);
        _taker = new FrameValuesIntake(plan, values, fault, Gate, onWarning);
        _skipping = new FrameSkipping(plan, _sequence, numbers.Absent, inFlight, _slots, Gate);
    }

    public ProducerGate Gate { get; }

    public IntakeCounters Counters { get; } = new();

    /// <summary>Size of a frame with the camera's declared rows, in bytes.</summary>
    public long FrameBytes => _shape.UsualBytes;

    /// <summary>Pixels accepted, in bytes.</summary>
    public long BytesIn => checked(Counters.FramesAppended * _shape.PackedBytes);

    /// <summary>The number of the next frame; with several producers, of the frame behind those that are routed.</summary>
    /// <param name="seen">The highest frame number routed so far, plus 1.</param>
    public long NextFrame(long seen) => _sequence.SeveralProducers ? seen : Math.Max(_sequence.Next, seen);

    /// <summary>Goes on after frames that are there already; before any frame comes.</summary>
    /// <param name="first">The first frame that comes once more.</param>
    public void Begin(long first)
    {
        _sequence.Ledger.Begin(first);
        _sequence.Begin(first);
    }

    /// <summary>Gives a frame that comes once more a slot to be read into; see <see cref="Commit"/>.</summary>
    public AppendOutcome AcquireFor(long frame, out int slot)
    {
        slot = FrameRecord.NoSlot;
        return _skipping.WaitUntilInWindow(frame) ?? AcquireSlot(Deadline.After(-1), out slot);
    }

    /// <summary>Takes the number of a frame that does not come once more.</summary>
    public AppendOutcome LeaveOut(long frame) => _slots.FaultRefusal() ?? _skipping.LeaveOut(frame);

    /// <summary>Makes waiting producers check the gate and the fault again.</summary>
    public void WakeWaiting()
    {
        _ring.SlotFreed.Notify();
        _ring.Borrowed.RoomMade.Notify();
        _inFlight.Drained.Notify();
        _taker.WakeWaiting();
    }

    /// <summary>Copies a frame into a slot.</summary>
    public AppendOutcome Append(in FrameInput frame) => Take(new Copying(this), frame);

    /// <summary>Takes a frame in place; its memory belongs to the stream until the token comes back.</summary>
    public AppendOutcome AppendBorrowed(in FrameInput frame, ulong token) => Take(new Borrowing(this, token), frame);

    /// <summary>
    /// Takes a frame that the caller has put into an acquired slot. If it is refused, the caller keeps the slot.
    /// </summary>
    public AppendOutcome Commit(int slot, in FrameInput frame) => Take(new Committing(this, slot), frame);

    /// <summary>Gives the caller a free slot to fill. Any number of threads, also while frames are appended.</summary>
    public AppendOutcome AcquireSlot(Deadline deadline, out int slot)
    {
        slot = FrameRecord.NoSlot;
        if (!Gate.TryEnterBeside())
            return Refusals.Ended;
        try
        {
            return _slots.FaultRefusal() ?? _slots.AcquireSlot(deadline, out slot);
        }
        finally
        {
            Gate.LeaveBeside();
        }
    }

    /// <summary>Takes back a slot that the caller does not want to fill.</summary>
    public AppendOutcome CancelSlot(int slot)
    {
        if (!Gate.TryEnterBeside())
            return Refusals.Ended;
        try
        {
            // Counted first: a slot that is neither owned by the caller nor free nor counted would look like a stall.
            var generation = _inFlight.BeginRecord();
            var taken = _ring.TryTakeFromCaller(slot);
            if (taken)
                _ring.Free(slot);
            _inFlight.EndRecord(generation);
            return taken ? AppendOutcome.Ok : NotOwned(slot);
        }
        finally
        {
            Gate.LeaveBeside();
        }
    }

    /// <summary>Skips the next frames.</summary>
    public AppendOutcome Skip(long count)
    {
        var pass = Gate.TryEnter();
        if (pass != GatePass.Entered)
            return Refusals.Of(pass);
        try
        {
            var outcome = _skipping.Skip(count, out var skipped);
            Counters.Skipped(skipped);
            return outcome;
        }
        finally
        {
            Gate.Leave();
        }
    }

    // The steps that every way of taking a frame has in common.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome Take<TWay>(TWay way, in FrameInput frame)
        where TWay : struct, IWay
    {
        var started = Stopwatch.GetTimestamp();
        var pass = Gate.TryEnter();
        if (pass != GatePass.Entered)
            return Refusals.Of(pass);
        try
        {
            return Timed(way.Take(frame), started);
        }
        catch (InvariantException broken)
        {
            return Fail(broken);
        }
        finally
        {
            Gate.Leave();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome? Refusal(in FrameInput frame, out long stride, out long index)
    {
        stride = index = 0;
        return _slots.FaultRefusal() ?? _shape.Refusal(frame, out stride) ?? _sequence.Resolve(frame.Index, out index);
    }

    // A broken invariant found on this thread is the stream's failure, as it is on a worker.
    private AppendOutcome Fail(InvariantException broken)
    {
        _fault.Set(StreamFault.From(broken));
        return _slots.FaultRefusal()!.Value;
    }

    private AppendOutcome NoSlot(in AppendOutcome outcome, long index)
    {
        if (outcome.Status != AppendStatus.Dropped)
            return outcome;
        var dropped = _skipping.Drop(index);
        if (dropped.Status == AppendStatus.Dropped)
            Counters.Dropped();
        return dropped;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome Timed(in AppendOutcome outcome, long started)
    {
        if (outcome.IsTaken)
            Counters.Appended(Elapsed.NanosecondsSince(started));
        if (outcome.Status == AppendStatus.MetadataLost)
            Counters.MetadataLost();
        return outcome;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish(long index, in SlotSupply.Claim claim, in FramePixels pixels, in FrameValues values)
    {
        var hasValues = !values.IsEmpty;
        if (hasValues)
            _values.Put(claim.Slot, values);
        _ring.Publish(new FrameRecord { Index = index, Slot = claim.Slot, Generation = claim.Generation, HasValues = hasValues },
            pixels);
        if (_ring.IsShort)
            _inFlight.Signal.Wake();
        else
            _inFlight.Signal.Notify();
    }

    private void Copy(byte* pixels, long stride, byte* slot)
    {
        // SAFETY: the caller vouches for the source, whose size was checked; a slot holds a whole packed frame.
        if (stride == _shape.RowBytes)
        {
            Buffer.MemoryCopy(pixels, slot, _ring.SlotBytes, _shape.PackedBytes);
            return;
        }

        for (long row = 0; row < _shape.Rows; row++)
            Buffer.MemoryCopy(pixels + row * stride, slot + row * _shape.RowBytes, _shape.RowBytes, _shape.RowBytes);
    }

    private static AppendOutcome NotOwned(int slot) => new(
        AppendStatus.NotOwned, $"slot {slot} is not the caller's: it was never acquired, or has been committed or cancelled");
}
