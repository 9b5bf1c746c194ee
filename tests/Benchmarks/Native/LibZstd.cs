using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>The reference zstd, one thread, simple interface with a context that is used again.</summary>
internal static unsafe partial class LibZstd
{
    public static string Version => Marshal.PtrToStringUTF8((nint)VersionString())!;

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateContext();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeContext(nint context);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_compressCCtx")]
    public static partial nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint bytes, int level);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint Bound(nuint bytes);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint result);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_versionString")]
    private static partial byte* VersionString();
}
