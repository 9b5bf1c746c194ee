using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr;

/// <summary>What a plan has once for each camera, of acquisitions that have one.</summary>
internal static class OnlyCameraPlan
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

        public long SlotBytes => plan.Camera.SlotBytes;
    }
}
