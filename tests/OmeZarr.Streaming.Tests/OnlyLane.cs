using OmeZarr.Memory;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Tests;

/// <summary>What a session has once for each camera, of acquisitions that have one.</summary>
internal static class OnlyLane
{
    extension(AcquisitionSession session)
    {
        public CameraLane Lane => session.Lanes.Single();

        public WorkInFlight InFlight => session.Lane.InFlight;

        public BorrowedFrames Borrowed => session.Lane.Borrowed;

        public int Slots => session.Lane.Slots;

        public long SlotBytes => session.Lane.SlotBytes;

        public AppendOutcome Append(in FrameInput frame) => session.Lane.Append(frame);

        public AppendOutcome AppendBorrowed(in FrameInput frame, ulong token) => session.Lane.AppendBorrowed(frame, token);

        public nint SlotAddress(int slot) => session.Lane.SlotAddress(slot);

        public AppendOutcome AcquireSlot(int timeoutMs, out int slot) => session.Lane.AcquireSlot(timeoutMs, out slot);

        public AppendOutcome CommitSlot(int slot, in FrameInput frame) => session.Lane.CommitSlot(slot, frame);

        public AppendOutcome CancelSlot(int slot) => session.Lane.CancelSlot(slot);

        public AppendOutcome Skip(long count) => session.Lane.Skip(count);
    }
}
