using System.Reflection;
using System.Runtime.InteropServices;

namespace OmeZarr.Zarr.Native;

/// <summary>
/// Finds libzstd and liblz4 where they are separate files, as in managed test runs. In the published native library they
/// are linked in statically, and nothing here is asked.
/// </summary>
internal static class CodecLibraries
{
    internal const string Zstd = "zstd";
    internal const string Lz4 = "lz4";

    private static readonly bool Registered = Register();

    /// <summary>Called by the static constructor of each class of imports, and so before its first call.</summary>
    internal static void EnsureRegistered() => _ = Registered;

    private static bool Register()
    {
        NativeLibrary.SetDllImportResolver(typeof(CodecLibraries).Assembly, Resolve);
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        foreach (var candidate in Candidates(name))
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
                return handle;
        }

        return 0;
    }

    /// <summary>Names with the version come first: those without belong to development packages.</summary>
    private static string[] Candidates(string name)
    {
        if (OperatingSystem.IsWindows())
            return [$"{name}.dll", $"lib{name}.dll"];
        if (OperatingSystem.IsMacOS())
        {
            var file = $"lib{name}.1.dylib";
            return [file, $"/opt/homebrew/lib/{file}", $"/usr/local/lib/{file}"];
        }

        return [$"lib{name}.so.1", $"lib{name}.so"];
    }
}
