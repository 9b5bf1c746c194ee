using System.Reflection;
using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Native;

/// <summary>Finds the published library and the C codecs that it is compared with.</summary>
internal static class NativeLibraries
{
    public const string OmeZarr = "omezarr_native";
    public const string Blosc = "blosc";
    public const string Zstd = "zstd";
    public const string Lz4 = "lz4";

    /// <summary>Names the published library's file; without it artifacts/ is searched.</summary>
    public const string Variable = "OMEZARR_NATIVE_LIBRARY";

    /// <summary>Called once, before the first call into any of them.</summary>
    public static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>The published library's file.</summary>
    /// <exception cref="FileNotFoundException">It has not been published.</exception>
    public static string PublishedFile()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return File.Exists(given) ? Path.GetFullPath(given)
                : throw new FileNotFoundException($"{Variable} names {given}, which is not there");
        var folder = Path.Combine(Repository.Root, "artifacts", Platform);
        var found = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, $"*{OmeZarr}.*", SearchOption.AllDirectories).FirstOrDefault(IsSharedLibrary)
            : null;
        return found ?? throw new FileNotFoundException(
            $"no {OmeZarr} below {folder}: publish it with `dotnet cake --target=Publish`, or name the file in {Variable}");
    }

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    private static bool IsSharedLibrary(string path) => Path.GetExtension(path) is ".so" or ".dll" or ".dylib";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name == OmeZarr)
            return NativeLibrary.Load(PublishedFile());
        if (name is not (Blosc or Zstd or Lz4))
            return 0;
        foreach (var candidate in Candidates(name))
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
                return handle;
        }

        throw new DllNotFoundException($"lib{name} is needed for comparison; Debian has it in lib{name}1 (liblz4-1 for LZ4)");
    }

    // The versioned names come first: those without belong to development packages.
    private static string[] Candidates(string name) => OperatingSystem.IsMacOS()
        ? [$"lib{name}.1.dylib", $"/opt/homebrew/lib/lib{name}.1.dylib", $"/usr/local/lib/lib{name}.1.dylib"]
        : OperatingSystem.IsWindows() ? [$"{name}.dll", $"lib{name}.dll"]
        : [$"lib{name}.so.1", $"lib{name}.so"];
}
