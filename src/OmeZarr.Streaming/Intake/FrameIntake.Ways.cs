using System.Runtime.CompilerServices;
using OmeZarr.Concurrency;

namespace OmeZarr.Streaming.Intake;

// The three ways to take a frame. Each takes what can be refused first, and what cannot be undone, its number, last.
internal sealed unsafe partial class FrameIntake
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome TakeCopy(in FrameInput frame)
    {
        if (Refusal(frame, out var stride, out var index) is { } refusal)
            return refusal;
        var kept = _taker.Take(frame, out var values);
        if (!kept.IsTaken)
            return NoSlot(kept, index);
        var outcome = _slots.ClaimSlot(frame.WaitMs, out var claim);
        if (outcome.Status != AppendStatus.Ok)
        {
            _taker.Withdraw(values);
            return NoSlot(outcome, index);
        }

        if (_sequence.Take(index) is { } taken)
        {
            _ring.Free(claim.Slot);
            _inFlight.EndRecord(claim.Generation);
            _taker.Withdraw(values);
            return taken;
        }

        var slot = _ring.Address(claim.Slot);
        Copy(frame.Pixels, stride, slot);
        Publish(index, claim, new FramePixels((nint)slot, _shape.RowBytes), values);
        return kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome TakeBorrowed(in FrameInput frame, ulong token)
    {
        if (Refusal(frame, out var stride, out var index) is { } refusal)
            return refusal;
        var kept = _taker.Take(frame, out var values);
        if (!kept.IsTaken)
            return NoSlot(kept, index);
        var outcome = _slots.Borrow(token, frame.WaitMs, out var claim);
        if (outcome.Status != AppendStatus.Ok)
        {
            _taker.Withdraw(values);
            return NoSlot(outcome, index);
        }

        if (_sequence.Take(index) is { } taken)
        {
            _ring.Borrowed.Withdraw(claim.Slot - _ring.Slots);
            _inFlight.EndRecord(claim.Generation);
            _taker.Withdraw(values);
            return taken;
        }

        Publish(index, claim, new FramePixels((nint)frame.Pixels, stride), values);
        Counters.Borrowed();
        return kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AppendOutcome TakeCommitted(int slot, in FrameInput frame)
    {
        if (Refusal(frame, out var stride, out var index) is { } refusal)
            return refusal;
        var first = slot >= 0 && slot < _ring.Slots ? _ring.Address(slot) : null;
        if (first == null)
            return NotOwned(slot);
        if (frame.Pixels < first || frame.Bytes > (ulong)_ring.SlotBytes
            || (ulong)(frame.Pixels - first) > (ulong)_ring.SlotBytes - frame.Bytes)
            return new AppendOutcome(AppendStatus.FrameSize,
                $"the {frame.Bytes} bytes at pixels do not lie in slot {slot}, which has {_ring.SlotBytes}");
        var kept = _taker.Take(frame, out var values);
        if (!kept.IsTaken)
            return kept.Status == AppendStatus.Dropped ? FrameValuesIntake.IsFull : kept;
        // Counted first, as in CancelSlot.
        var claim = new SlotSupply.Claim(slot, _inFlight.BeginRecord());
        if (!_ring.TryTakeFromCaller(slot))
        {
            _inFlight.EndRecord(claim.Generation);
            _taker.Withdraw(values);
            return NotOwned(slot);
        }

        if (_sequence.Take(index) is { } taken)
        {
            _ring.GiveToCaller(slot);
            _inFlight.EndRecord(claim.Generation);
            _taker.Withdraw(values);
            return taken;
        }

        Publish(index, claim, new FramePixels((nint)frame.Pixels, stride), values);
        return kept;
    }

    private interface IWay
    {
        AppendOutcome Take(in FrameInput frame);
    }

    private readonly struct Copying(FrameIntake intake) : IWay
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public AppendOutcome Take(in FrameInput frame) => intake.TakeCopy(frame);
    }

    private readonly struct Borrowing(FrameIntake intake, ulong token) : IWay
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public AppendOutcome Take(in FrameInput frame) => intake.TakeBorrowed(frame, token);
    }

    private readonly struct Committing(FrameIntake intake, int slot) : IWay
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public AppendOutcome Take(in FrameInput frame) => intake.TakeCommitted(slot, frame);
    }
}
