// The native library and its package: artifacts/<rid>, laid out as README.md says.

using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;

string PackageFolder(string forRid) => $"{artifacts}/{forRid}";

string LibraryName(string forRid) =>
    forRid.StartsWith("win") ? "omezarr_native.dll" : forRid.StartsWith("osx") ? "libomezarr_native.dylib" : "libomezarr_native.so";

void PublishLibrary(string forRid, string forConfiguration)
{
    var project = $"{root}/src/OmeZarrNative/OmeZarrNative.csproj";
    var framework = Property(project, "TargetFramework");
    var runtimePackage = $"{root}/src/OmeZarrNative/obj/{forConfiguration}/{framework}/{forRid}/runtime-package.txt";
    if (FileExists(runtimePackage))
        DeleteFile(runtimePackage);
    // Its own lock file: a restore for one platform adds to what a restore for all of them writes.
    Run("dotnet", "publish", project, "--runtime", forRid, "--configuration", forConfiguration,
        "--nologo", "--verbosity", "quiet", $"-p:OmzCodecs={codecs}", "-p:NuGetLockFilePath=obj/publish.lock.json");

    var folder = PackageFolder(forRid);
    CleanDirectory(folder);
    var output = $"{root}/src/OmeZarrNative/bin/{forConfiguration}/{framework}/{forRid}";
    var extension = System.IO.Path.GetExtension(LibraryName(forRid));
    CopyFile($"{output}/publish/omezarr_native{extension}", $"{folder}/{LibraryName(forRid)}");
    EnsureDirectoryExists($"{folder}/include");
    CopyFiles($"{root}/native-headers/*.h*", $"{folder}/include");
    if (forRid.StartsWith("win"))
    {
        EnsureDirectoryExists($"{folder}/lib");
        CopyFileToDirectory($"{output}/native/omezarr_native.lib", $"{folder}/lib");
    }

    WritePackageFiles(folder, forRid, Property(project, "Version"));
    CopyLicences(folder, forRid, project, RuntimePackage(runtimePackage));
    if (forRid.StartsWith("linux"))
        CheckNeededLibraries($"{folder}/{LibraryName(forRid)}");
    Information($"{folder}: {LibraryName(forRid)}, {FileSize($"{folder}/{LibraryName(forRid)}") / 1024} KiB");
}

void WritePackageFiles(string folder, string forRid, string version)
{
    var numbers = version.Split('-')[0].Split('.');
    Dictionary<string, string> values = new()
    {
        ["LIBRARY"] = LibraryName(forRid), ["SONAME"] = LibraryName(forRid), ["VERSION"] = version,
        ["MAJOR"] = numbers[0], ["MINOR"] = numbers[1],
    };
    foreach (var (template, to) in new[]
    {
        ("OmeZarrNativeConfig.cmake", "lib/cmake/OmeZarrNative"),
        ("OmeZarrNativeConfigVersion.cmake", "lib/cmake/OmeZarrNative"),
        ("omezarr_native.pc", "lib/pkgconfig"),
    })
    {
        EnsureDirectoryExists($"{folder}/{to}");
        var text = System.IO.File.ReadAllText($"{root}/packaging/{template}.in");
        text = Regex.Replace(text, "@([A-Z]+)@", match => values[match.Groups[1].Value]);
        System.IO.File.WriteAllText($"{folder}/{to}/{template}", text);
    }
}

// The folder of the runtime's package that the link has used, as the link has said. The machine may have others, also newer ones.
string RuntimePackage(string toldIn)
{
    var package = FileExists(toldIn) ? System.IO.File.ReadAllText(toldIn).Trim() : "";
    return DirectoryExists(package) ? package : throw new CakeException($"{toldIn} does not name the runtime's package, but `{package}`.");
}

// The terms of exactly what was linked in, as they lie beside it on the machine that links.
void CopyLicences(string folder, string forRid, string project, string runtimePackage)
{
    EnsureDirectoryExists($"{folder}/licences");
    string[] build = [$"-p:RuntimeIdentifier={forRid}", $"-p:OmzCodecs={codecs}"];
    CopyFile(Property(project, "OmzZstdLicence", build), $"{folder}/licences/zstd.txt");
    CopyFile(Property(project, "OmzLz4Licence", build), $"{folder}/licences/lz4.txt");
    CopyFile($"{runtimePackage}/LICENSE.TXT", $"{folder}/licences/dotnet.txt");
    CopyFile($"{runtimePackage}/THIRD-PARTY-NOTICES.TXT", $"{folder}/licences/dotnet-third-party.txt");
}

// One file to ship: nothing but the C library may be asked of the machine that it runs on.
void CheckNeededLibraries(string library)
{
    string[] allowed = ["libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"];
    var needed = Regex.Matches(Output("readelf", "-d", library), @"\(NEEDED\).*\[(.+)\]").Select(m => m.Groups[1].Value).ToList();
    var more = needed.Except(allowed).ToList();
    if (more.Count > 0)
        throw new CakeException($"{library} needs {string.Join(", ", more)}, which is not part of the C library.");
    if (!Output("readelf", "-d", library).Contains($"(SONAME)"))
        throw new CakeException($"{library} has no SONAME.");
}

void PackLibrary(string forRid)
{
    var name = $"omezarr-native-{Property($"{root}/src/OmeZarrNative/OmeZarrNative.csproj", "Version")}-{forRid}";
    var file = $"{artifacts}/{name}.{(forRid.StartsWith("win") ? "zip" : "tar.gz")}";
    if (FileExists(file))
        DeleteFile(file);
    // Under the name that the folder has when it is unpacked.
    CopyDirectory(PackageFolder(forRid), $"{artifacts}/{name}");
    if (forRid.StartsWith("win"))
        ZipFile.CreateFromDirectory($"{artifacts}/{name}", file, CompressionLevel.SmallestSize, includeBaseDirectory: true);
    else
        using (var gzip = new GZipStream(System.IO.File.Create(file), CompressionLevel.SmallestSize))
            TarFile.CreateFromDirectory($"{artifacts}/{name}", gzip, includeBaseDirectory: true);
    DeleteDirectory($"{artifacts}/{name}", new DeleteDirectorySettings { Recursive = true, Force = true });
    Information($"{file}: {FileSize(file) / 1024} KiB");
}

void RunDemo()
{
    var build = $"{artifacts}/demo-build";
    Run("cmake", "-S", $"{root}/hosts/c", "-B", build, $"-DCMAKE_PREFIX_PATH={PackageFolder(rid)}", "-DCMAKE_BUILD_TYPE=Release");
    Run("cmake", "--build", build, "--target", "demo");
    var dataset = $"{artifacts}/demo.ome.zarr";
    Run($"{build}/demo", "--out", dataset, "--overwrite");
    Run("bash", $"{root}/tests/ConformanceTests/readers/check.sh", dataset);
}
