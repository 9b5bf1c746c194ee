using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarrNative.Abi;

/// <summary>omz_frame of the header, byte for byte. Grows at its end only.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OmzFrame
{
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

    /// <summary>Size of the first version of the struct, which ended with the JSON.</summary>
    private const uint FirstSize = 48;

    /// <summary>Whether a frame comes with JSON, as far as can be told before the frame is checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasText(OmzFrame* frame) => frame != null && frame->StructSize >= FirstSize && frame->MetadataJson != null;

    /// <summary>A frame of any size that a header ever declared, with zeros for members that it lacks.</summary>
    /// <exception cref="AbiException">No header had that size.</exception>
    public static OmzFrame From(OmzFrame* frame)
    {
        if (frame == null)
            AbiException.Throw(Status.InvalidArgument, $"frame is null");
        var size = frame->StructSize;
        if (size == sizeof(OmzFrame))
            return *frame;
        if (size != FirstSize)
            AbiException.Throw(Status.StructSize,
                $"frame.struct_size is {size}; this library knows {FirstSize} and {sizeof(OmzFrame)}");
        var known = default(OmzFrame);
        // SAFETY: the caller vouches for struct_size bytes, and the struct has more.
        Unsafe.CopyBlock(&known, frame, size);
        return known;
    }
}
