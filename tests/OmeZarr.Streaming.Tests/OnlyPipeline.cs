using OmeZarr.Concurrency;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

/// <summary>What a session has once for each camera, of acquisitions that have one.</summary>
internal static class OnlyPipeline
{
    extension(AcquisitionSession session)
    {
        public CameraPipeline Pipeline => session.Pipelines.Single();

        public InFlightCounts InFlight => session.Pipeline.InFlight;

        public BorrowedFrames Borrowed => session.Pipeline.Borrowed;

        public int Slots => session.Pipeline.Slots;

        public long SlotBytes => session.Pipeline.SlotBytes;

        public AppendOutcome Append(in FrameInput frame) => session.Pipeline.Append(frame);

        public AppendOutcome AppendBorrowed(in FrameInput frame, ulong token) => session.Pipeline.AppendBorrowed(frame, token);

        public nint SlotAddress(int slot) => session.Pipeline.SlotAddress(slot);

        public AppendOutcome AcquireSlot(int timeoutMs, out int slot) => session.Pipeline.AcquireSlot(timeoutMs, out slot);

        public AppendOutcome CommitSlot(int slot, in FrameInput frame) => session.Pipeline.CommitSlot(slot, frame);

        public AppendOutcome CancelSlot(int slot) => session.Pipeline.CancelSlot(slot);

        public AppendOutcome Skip(long count) => session.Pipeline.Skip(count);
    }
}
