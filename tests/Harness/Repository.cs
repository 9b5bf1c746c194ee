using System.Runtime.CompilerServices;

namespace OmeZarr.Harness;

/// <summary>Where things lie in the source checkout that this was built from.</summary>
public static class Repository
{
    /// <summary>Names the library's file, or the folder that it is in.</summary>
    private const string LibraryVariable = "OMEZARR_NATIVE_LIBRARY";

    public static string Root { get; } = Path.GetFullPath(Path.Join(ThisFolder(), "..", ".."));

    public static string Headers => Path.Join(Root, "native-headers");

    /// <summary>The C sources of the host and the shim.</summary>
    public static string Native => Path.Join(Root, "tests", "Harness", "native");

    /// <summary>The scripts that read datasets.</summary>
    public static string Scripts => Path.Join(Root, "tests", "Harness", "readers");

    /// <summary>Finds zarr-python as it was set up for the conformance tests.</summary>
    public static string PythonStarter => Path.Join(Root, "tests", "ConformanceTests", "readers", "python.sh");

    /// <summary>The library under test: the file that is shipped.</summary>
    public static string Library { get; } = FindLibrary();

    private static string FindLibrary()
    {
        var place = Environment.GetEnvironmentVariable(LibraryVariable) ?? Path.Join(Root, "artifacts", "linux-x64");
        string[] candidates = [place, Path.Join(place, "libomezarr_native.so"), Path.Join(place, "omezarr_native.so")];
        return candidates.FirstOrDefault(File.Exists) is { } file
            ? Path.GetFullPath(file)
            : throw new InvalidOperationException(
                $"There is no library at {place}: run ./build.sh Publish, or name it by {LibraryVariable}.");
    }

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
