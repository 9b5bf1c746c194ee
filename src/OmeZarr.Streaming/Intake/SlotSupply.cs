using System.Diagnostics;
using System.Runtime.CompilerServices;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Gives producers slots for their frames. When there is none, it follows the back-pressure setting: wait, refuse, or let the
/// frame be dropped.
/// </summary>
[SkipLocalsInit]
internal sealed class SlotSupply(
    CameraPlan plan, FrameRing ring, InFlightCounts inFlight, StickyFault fault, ProducerGate gate, IntakeCounters counters)
{
    // A stall is the absence of events, so it must be looked for now and then.
    private const int StallCheckMs = 20;

    private int _waitingProducers;

    /// <summary>A free slot, subject to back-pressure. On success a record has been begun, in this generation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome ClaimSlot(int? waitMs, out Claim claim) =>
        Get(new RingSlotSource(this), ring.SlotFreed, waitMs, out claim);

    /// <summary>Room for a borrowed frame, subject to back-pressure. On success a record has been begun.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome Borrow(ulong token, int? waitMs, out Claim claim) =>
        Get(new BorrowSource(this, token), ring.Borrowed.RoomMade, waitMs, out claim);

    /// <summary>A free slot for the caller to fill; waits until the deadline at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome AcquireSlot(Deadline deadline, out int slot)
    {
        var source = new RingSlotSource(this);
        var outcome = source.TryGet(out var claim) ? AppendOutcome.Ok
            : ring.Slots == 0 ? Refusals.NoRing : Wait(source, ring.SlotFreed, deadline, out claim);
        slot = claim.Slot;
        if (outcome.Status != AppendStatus.Ok)
            return outcome;
        ring.GiveToCaller(slot);
        inFlight.EndRecord(claim.Generation);
        return outcome;
    }

    public bool HasFailed => fault.IsSet;

    /// <summary>The answer to every call once the stream has failed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AppendOutcome? FaultRefusal() => fault.First is { } first ? Refusal(first) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome Refusal(StreamFault first)
    {
        fault.CountRefusal();
        return new AppendOutcome(AppendStatus.Failed, first.Message);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome Get<TSource>(TSource source, EventCount made, int? waitMs, out Claim claim)
        where TSource : struct, ISlotSource =>
        source.TryGet(out claim) ? AppendOutcome.Ok : GetLater(source, made, waitMs, out claim);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome GetLater<TSource>(TSource source, EventCount made, int? waitMs, out Claim claim)
        where TSource : struct, ISlotSource
    {
        claim = default;
        if (source.HasNone)
            return Refusals.NoRing;
        counters.RingWait();
        // Also before a frame is dropped: no frame should be dropped while a worker sleeps.
        inFlight.Signal.Wake();
        switch (plan.Pipeline.Backpressure)
        {
            case Backpressure.Fail:
                return new AppendOutcome(AppendStatus.RingFull, $"{source.FullMessage}");
            case Backpressure.Drop:
                return new AppendOutcome(AppendStatus.Dropped, null);
            default:
                var started = Stopwatch.GetTimestamp();
                // Full fence: a thread that counts all producers as waiting sees what each of them has begun before.
                Interlocked.Increment(ref _waitingProducers);
                var outcome = Wait(source, made, Deadline.After(waitMs ?? plan.Pipeline.AppendTimeoutMs), out claim);
                Interlocked.Decrement(ref _waitingProducers);
                counters.RingWaited(Elapsed.NanosecondsSince(started));
                return outcome;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AppendOutcome Wait<TSource>(TSource source, EventCount made, Deadline deadline, out Claim claim)
        where TSource : struct, ISlotSource
    {
        while (true)
        {
            var ticket = made.Prepare();
            // The fault first: slots that it frees are not to be used.
            claim = default;
            var end = FaultRefusal() ?? (source.TryGet(out claim) ? AppendOutcome.Ok : GiveUp(source, ticket, deadline));
            if (end is { } outcome)
            {
                made.Cancel();
                return outcome;
            }

            inFlight.Signal.Wake();
            var remaining = deadline.RemainingMs;
            made.Wait(ticket, remaining < 0 ? StallCheckMs : Math.Min(StallCheckMs, remaining));
        }
    }

    private AppendOutcome? GiveUp<TSource>(TSource source, int ticket, Deadline deadline)
        where TSource : struct, ISlotSource
    {
        if (gate.IsClosed)
            return Refusals.Ended;
        if (source.IsStalled(ticket))
            return new AppendOutcome(AppendStatus.Stalled, $"{source.StalledMessage}");
        return deadline.HasPassed
            ? new AppendOutcome(AppendStatus.Timeout, $"{source.FullMessage}, and none became free in time") : null;
    }

    // Every slot holds a frame of an incomplete chunk row, and none was freed since the ticket was taken, which was before the
    // claim failed. Records are checked first, since they become jobs; and again once no caller owns a slot, since what callers
    // own becomes records.
    private bool IsStalled(int ticket) =>
        inFlight.NoRecords && ring.OwnedByCaller == 0 && inFlight.NoRecords && inFlight.NoJobs
            && ring.SlotFreed.IsCurrent(ticket);

    // Every borrowed frame is in an incomplete chunk row, and nobody can append what the chunk rows lack: all producers wait, and
    // none has got a slot since the ticket was taken. With several producers, one that has acquired a slot may still commit it.
    private bool IsBorrowingStalled(int ticket) =>
        Volatile.Read(ref _waitingProducers) >= plan.Pipeline.Producers && inFlight.NoRecords
        && (plan.Pipeline.Producers == 1 || ring.OwnedByCaller == 0) && inFlight.NoRecords && inFlight.NoJobs
        && ring.Borrowed.Held == ring.Borrowed.Limit && ring.Borrowed.RoomMade.IsCurrent(ticket);

    /// <summary>A slot in the ring, and the generation of the record begun for it.</summary>
    internal readonly record struct Claim(int Slot, int Generation);

    private interface ISlotSource
    {
        /// <summary>Whether there is nothing to wait for, ever.</summary>
        bool HasNone { get; }

        string FullMessage { get; }

        string StalledMessage { get; }

        /// <summary>Whether nothing in progress can free a slot.</summary>
        /// <param name="ticket">Taken before the last try.</param>
        bool IsStalled(int ticket);

        bool TryGet(out Claim claim);
    }

    private readonly struct RingSlotSource(SlotSupply supply) : ISlotSource
    {
        public bool HasNone => supply.Ring.Slots == 0;

        public string FullMessage => $"all {supply.Ring.Slots} slots of the ring are in use";

        public string StalledMessage =>
            $"all {supply.Ring.Slots} slots hold frames of chunks that still wait for other frames: raise pipeline.ring_frames "
                + $"or pipeline.memory_budget_bytes, or make chunks shorter along the frame axes";

        public bool IsStalled(int ticket) => supply.IsStalled(ticket);

        // Counted before the attempt: between a claim and its count the stream would look stalled to other producers.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryGet(out Claim claim)
        {
            var generation = supply.InFlight.BeginRecord();
            var got = supply.Ring.TryClaim(out var slot);
            claim = new Claim(slot, generation);
            if (!got)
                supply.InFlight.EndRecord(generation);
            return got;
        }
    }

    private readonly struct BorrowSource(SlotSupply supply, ulong token) : ISlotSource
    {
        public bool HasNone => false;

        public string FullMessage =>
            $"{supply.Ring.Borrowed.Held} borrowed frames (of at most {supply.Ring.Borrowed.Limit}) are being compressed, and "
                + $"{supply.Ring.Borrowed.Outstanding - supply.Ring.Borrowed.Held} tokens (of at most "
                    + $"{BorrowedFrames.MaxUntaken}) wait for omz_poll_released";

        public string StalledMessage =>
            $"all {supply.Ring.Borrowed.Limit} borrowed frames belong to chunks that still wait for other frames: say in "
                + $"pipeline.borrowed_buffers how many there are, or make chunks shorter along the frame axes";

        public bool IsStalled(int ticket) => supply.IsBorrowingStalled(ticket);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryGet(out Claim claim)
        {
            var generation = supply.InFlight.BeginRecord();
            var got = supply.Ring.Borrowed.TryBorrow(token, out var number);
            claim = new Claim(got ? supply.Ring.SlotOf(number) : FrameRecord.NoSlot, generation);
            if (!got)
                supply.InFlight.EndRecord(generation);
            return got;
        }
    }

    private FrameRing Ring => ring;

    private InFlightCounts InFlight => inFlight;
}
