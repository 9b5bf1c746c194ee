using System.Runtime.InteropServices;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Native;

/// <summary>liblz4.</summary>
internal readonly unsafe partial struct NativeLz4 : ILz4
{
    static NativeLz4() => CodecLibraries.EnsureRegistered();

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_sizeofState")]
    public static partial int SizeOfState();

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_sizeofStateHC")]
    public static partial int SizeOfStateHC();

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_compress_fast_extState")]
    public static partial int CompressFast(
        byte* state, byte* source, byte* destination, int size, int capacity, int acceleration);

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_compress_HC_extStateHC")]
    public static partial int CompressHC(byte* state, byte* source, byte* destination, int size, int capacity, int level);

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_decompress_safe")]
    public static partial int Decompress(byte* source, byte* destination, int size, int capacity);
}
