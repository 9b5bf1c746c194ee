using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>The reference Blosc (c-blosc 1.21), one thread: the bar for the encoder of this project.</summary>
internal static unsafe partial class CBlosc
{
    /// <summary>BLOSC_MAX_OVERHEAD of blosc.h, in bytes.</summary>
    public const int MaxOverhead = 16;

    public static string Version => Marshal.PtrToStringUTF8((nint)VersionString())!;

    /// <summary>Compresses without any global state; the result is the compressed size, negative for an error.</summary>
    [LibraryImport(NativeLibraries.Blosc, EntryPoint = "blosc_compress_ctx")]
    public static partial int Compress(
        int level, int shuffle, nuint typeSize, nuint bytes, byte* source, byte* destination, nuint capacity, byte* compressor,
        nuint blockSize, int threads);

    [LibraryImport(NativeLibraries.Blosc, EntryPoint = "blosc_get_version_string")]
    private static partial byte* VersionString();
}
