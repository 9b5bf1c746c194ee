using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>Asked for its version only: c-blosc and the managed rooms share this file.</summary>
internal static unsafe partial class LibLz4
{
    public static string Version => Marshal.PtrToStringUTF8((nint)VersionString())!;

    [LibraryImport(NativeLibraries.Lz4, EntryPoint = "LZ4_versionString")]
    private static partial byte* VersionString();
}
