using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Codecs.Native;

/// <summary>
/// The part of liblz4's stable interface that is used; see lz4.h and lz4hc.h. A state belongs to one thread at a time.
/// </summary>
internal static unsafe partial class NativeLz4
{
    static NativeLz4() => CodecLibraries.EnsureRegistered();

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_sizeofState")]
    internal static partial int SizeOfState();

    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_sizeofStateHC")]
    internal static partial int SizeOfStateHC();

    /// <summary>
    /// Returns the compressed size, or 0 when it exceeds <paramref name="capacity"/>. The state need not be initialised.
    /// </summary>
    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_compress_fast_extState")]
    internal static partial int CompressFast(
        byte* state, byte* source, byte* destination, int size, int capacity, int acceleration);

    /// <summary>
    /// Returns the compressed size, or 0 when it exceeds <paramref name="capacity"/>. The state need not be initialised.
    /// </summary>
    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_compress_HC_extStateHC")]
    internal static partial int CompressHC(byte* state, byte* source, byte* destination, int size, int capacity, int level);

    /// <summary>
    /// Returns the decompressed size, or a negative number for damaged input. Never reads or writes outside its ranges.
    /// </summary>
    [LibraryImport(CodecLibraries.Lz4, EntryPoint = "LZ4_decompress_safe")]
    internal static partial int Decompress(byte* source, byte* destination, int size, int capacity);
}
