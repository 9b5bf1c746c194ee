using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>omz_frame of the header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OmzFrame
{
    /// <summary>In place of a frame number: the next one.</summary>
    public const long NextIndex = -1;

    /// <summary>OMZ_FRAME_HAS_... of all of them.</summary>
    public const uint HasAll = 0x3F;

    public uint StructSize;
    public uint Flags;
    public byte* Pixels;
    public ulong SizeBytes;
    public ulong RowStride;
    public long Index;
    public byte* MetadataJson;
    public double DeltaT;
    public double ExposureTime;
    public double PositionX;
    public double PositionY;
    public double PositionZ;
    public long TimestampNs;

    /// <summary>A packed frame, the next in line.</summary>
    public static OmzFrame Packed(byte* pixels, long bytes) =>
        new() { StructSize = (uint)sizeof(OmzFrame), Pixels = pixels, SizeBytes = (ulong)bytes, Index = NextIndex };
}
