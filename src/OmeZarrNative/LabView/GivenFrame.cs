using OmeZarr.Documents;
using OmeZarrNative.Abi;

namespace OmeZarrNative.LabView;

/// <summary>What LabVIEW's calls say of a frame; numbers that are not known are NaN, or -1 for the clock.</summary>
internal readonly record struct GivenFrame(
    long Index, double DeltaT, double ExposureTime, double PositionX, double PositionY, double PositionZ, long TimestampNs,
    nint MetadataJson)
{
    private const long NoTimestamp = -1;

    /// <summary>The struct of the C interface.</summary>
    public unsafe OmzFrame At(byte* pixels, ulong bytes, ulong rowStride)
    {
        // An empty text is what an unwired string of LabVIEW is.
        var json = (byte*)MetadataJson;
        return new OmzFrame
        {
            StructSize = (uint)sizeof(OmzFrame),
            Flags = (uint)(Known(DeltaT, FrameProperty.DeltaT) | Known(ExposureTime, FrameProperty.ExposureTime)
                | Known(PositionX, FrameProperty.PositionX) | Known(PositionY, FrameProperty.PositionY)
                | Known(PositionZ, FrameProperty.PositionZ)
                | (TimestampNs == NoTimestamp ? FrameProperty.None : FrameProperty.Timestamp)),
            Pixels = pixels,
            SizeBytes = bytes,
            RowStride = rowStride,
            Index = Index,
            MetadataJson = json == null || *json == 0 ? null : json,
            DeltaT = DeltaT,
            ExposureTime = ExposureTime,
            PositionX = PositionX,
            PositionY = PositionY,
            PositionZ = PositionZ,
            TimestampNs = TimestampNs,
        };
    }

    private static FrameProperty Known(double number, FrameProperty property) =>
        double.IsNaN(number) ? FrameProperty.None : property;
}
