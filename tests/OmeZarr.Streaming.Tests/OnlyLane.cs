using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Workers;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>What there is once for each camera, of acquisitions that have one.</summary>
internal static class OnlyLane
{
    extension(AcquisitionPlan plan)
    {
        public CameraPlan Camera => plan.Cameras.Single();

        public FrameRouter Router => plan.Camera.Router;

        public ImmutableArray<DimensionSettings> Axes => plan.Camera.Axes;

        public long FrameHeight => plan.Camera.FrameHeight;

        public long FrameWidth => plan.Camera.FrameWidth;

        public DataType DataType => plan.Camera.DataType;

        public PixelFormat PixelFormat => plan.Camera.PixelFormat;

        public long FrameRowBytes => plan.Camera.FrameRowBytes;

        public long FrameRowStride => plan.Camera.FrameRowStride;

        public long FrameBytes => plan.Camera.FrameBytes;
    }

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
