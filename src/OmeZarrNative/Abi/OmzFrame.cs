using System.Runtime.InteropServices;

namespace OmeZarrNative.Abi;

/// <summary>omz_frame of the header, byte for byte.</summary>
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
}
