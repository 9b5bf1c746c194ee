using System.Text.Json;

namespace AbiTests;

/// <summary>The files that a release hands out, as <c>./build.sh Package</c> leaves them in the checkout's artifacts.</summary>
internal static class Release
{
    private const string Platform = "linux-x64";

    public static string Artifacts { get; } = Path.Combine(Repository.Root, "artifacts");

    /// <summary>What was published, and what the archive is made of.</summary>
    public static string Folder { get; } = Path.Combine(Artifacts, Platform);

    public static string Archive => File("omezarr-native-*-linux-x64.tar.gz");

    public static string Symbols => File("omezarr-native-*-linux-x64-symbols.tar.gz");

    public static string Checksums => File("omezarr-native-*-linux-x64.SHA256SUMS");

    public static string BillOfMaterials => File("omezarr-native-*-linux-x64.cdx.json");

    /// <summary>The Python package with the library inside.</summary>
    public static string Wheel => File("omezarr_native-*_x86_64.whl");

    /// <summary>The source distribution of the Python package.</summary>
    public static string PythonSources => File("omezarr_native-*.tar.gz");

    /// <summary>The Debian packages: library, development files, program, and the debug symbols of both.</summary>
    public static string[] DebianPackages =>
    [
        Debian("libomezarr-native"), Debian("libomezarr-native-dev"), Debian("libomezarr-native-dbgsym"),
        Debian("omezarr"), Debian("omezarr-dbgsym"),
    ];

    public static string NuGet => File("OmeZarrNative.*.nupkg");

    public static string Debian(string package) => File($"{package}_*_amd64.deb");

    public static string Name(string archive) => Path.GetFileName(archive)[..^".tar.gz".Length];

    /// <summary>The bill of materials of the package folder.</summary>
    public static JsonElement ReadBill() =>
        JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(Folder, "sbom.cdx.json"))).RootElement;

    /// <summary>Unpacks an archive; returns the folder that was in it.</summary>
    public static string Unpack(string archive, string into)
    {
        Tool.Run("tar", "--extract", "--gzip", "--file", archive, "--directory", into).ShouldSucceed();
        return Directory.GetDirectories(into).Single();
    }

    private static string File(string pattern)
    {
        var found = Directory.Exists(Artifacts) ? Directory.GetFiles(Artifacts, pattern) : [];
        return found.Length == 1 ? found[0] : throw new FileNotFoundException(
            $"{Artifacts} has {found.Length} files {pattern} in place of one. ./build.sh Package makes it.");
    }
}
