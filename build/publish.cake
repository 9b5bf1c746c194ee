// The native library, the program, and their package: artifacts/<rid>, laid out as README.md says.

using System.Text.RegularExpressions;

string PackageFolder(string forRid) => $"{artifacts}/{forRid}";

string LibraryName(string forRid) =>
    forRid.StartsWith("win") ? "omezarr_native.dll" : forRid.StartsWith("osx") ? "libomezarr_native.dylib" : "libomezarr_native.so";

string ProgramName(string forRid) => forRid.StartsWith("win") ? "omezarr.exe" : "omezarr";

// What the link of a project left: the files, and its account of what was linked in.
record Published(string Project, string Output, string Linked, string LockFile);

void PublishAll(string forRid, string forConfiguration)
{
    var source = ReadSource();
    var library = Publish("OmeZarrNative", forRid, forConfiguration, source);
    var program = Publish("OmeZarr.Cli", forRid, forConfiguration, source);
    var folder = PackageFolder(forRid);
    var symbols = SymbolsFolder(forRid);
    CleanDirectory(folder);
    CleanDirectory(symbols);
    var extension = System.IO.Path.GetExtension(LibraryName(forRid));
    CopyFile($"{library.Output}/publish/omezarr_native{extension}", $"{folder}/{LibraryName(forRid)}");
    EnsureDirectoryExists($"{folder}/bin");
    CopyFile($"{program.Output}/publish/{ProgramName(forRid)}", $"{folder}/bin/{ProgramName(forRid)}");
    CopySymbols($"{library.Output}/publish", symbols, "omezarr_native", extension);
    CopySymbols($"{program.Output}/publish", symbols, "omezarr", System.IO.Path.GetExtension(ProgramName(forRid)));
    if (forRid.StartsWith("win"))
    {
        EnsureDirectoryExists($"{folder}/lib");
        CopyFileToDirectory($"{library.Output}/native/omezarr_native.lib", $"{folder}/lib");
    }

    List<LinkedFile> linked =
    [
        new("omezarr-native", $"{folder}/{LibraryName(forRid)}", ReadLinked(library.Linked, forRid, "omezarr_native"),
            library.LockFile),
        new("omezarr", $"{folder}/bin/{ProgramName(forRid)}", ReadLinked(program.Linked, forRid, "omezarr"), program.LockFile),
    ];
    WriteCompletion(folder, forRid, linked[1].File);
    CopyDevelopmentFiles(folder);
    CopyDocuments($"{folder}/share/doc/omezarr-native");
    WritePackageFiles(folder, ArchiveLayout(forRid), source.Version);
    CopyLicences(folder, linked);
    WriteBillOfMaterials($"{folder}/sbom.cdx.json", forRid, source, linked);
    if (forRid.StartsWith("linux"))
    {
        CheckNeededLibraries(linked[0].File);
        CheckNeededLibraries(linked[1].File);
        if (!Output("readelf", "-d", linked[0].File).Contains("(SONAME)"))
            throw new CakeException($"{linked[0].File} has no SONAME.");
    }

    if (IsCross(forRid) && forRid.StartsWith("win"))
    {
        CheckNeededDlls(linked[0].File);
        CheckNeededDlls(linked[1].File);
    }

    foreach (var made in linked)
        Information($"{made.File}: {source.FullVersion}, {FileSize(made.File) / 1024} KiB");
}

Published Publish(string name, string forRid, string forConfiguration, SourceState source)
{
    var project = $"{root}/src/{name}/{name}.csproj";
    var framework = Property(project, "TargetFramework");
    var linked = $"{root}/src/{name}/obj/{forConfiguration}/{framework}/{forRid}/linked.txt";
    var output = $"{root}/src/{name}/bin/{forConfiguration}/{framework}/{forRid}";
    if (FileExists(linked))
        DeleteFile(linked);
    // Linked anew each time: a library of another place that is older than the last link would not be noticed.
    CleanDirectory($"{output}/native");
    // Its own lock file: a restore for one platform adds to what a restore for all of them writes.
    Run("dotnet", ["publish", project, "--runtime", forRid, "--configuration", forConfiguration,
        "--nologo", "--verbosity", "quiet", "-p:NuGetLockFilePath=obj/publish.lock.json", $"-p:OmzCommit={source.Revision}",
        $"-p:OmzCodecs={codecs}", .. CrossProperties(forRid), .. GivenProperties()]);
    return new Published(name, output, linked, $"{root}/src/{name}/obj/publish.lock.json");
}

// -p:NAME=VALUE of the command line, as dotnet takes it.
IEnumerable<string> GivenProperties() => Arguments<string>("p", new string[0]).Select(property => $"-p:{property}");

string SymbolsFolder(string forRid) => $"{artifacts}/{forRid}-symbols";

// What debuggers look for beside the library, or by its build id.
void CopySymbols(string from, string to, string name, string extension)
{
    var before = System.IO.Directory.EnumerateFileSystemEntries(to).Count();
    foreach (var file in GetFiles($"{from}/{name}{extension}.dbg") + GetFiles($"{from}/../native/{name}.pdb"))
        CopyFileToDirectory(file, to);
    if (DirectoryExists($"{from}/{name}{extension}.dSYM"))
        CopyDirectory($"{from}/{name}{extension}.dSYM", $"{to}/{name}{extension}.dSYM");
    if (System.IO.Directory.EnumerateFileSystemEntries(to).Count() == before)
        throw new CakeException($"The link left no debug symbols in {from}.");
}

// What shells look for below a prefix, as the program itself prints it.
void WriteCompletion(string folder, string forRid, string program)
{
    var script = OutputOf(forRid, program, "completion", "bash")
        ?? throw new CakeException($"{program} does not run on the machine that it was made on.");
    EnsureDirectoryExists($"{folder}/share/bash-completion/completions");
    System.IO.File.WriteAllText($"{folder}/share/bash-completion/completions/omezarr", script + "\n");
}

// Headers, and how to run hosts under sanitizers.
void CopyDevelopmentFiles(string folder)
{
    EnsureDirectoryExists($"{folder}/include");
    CopyFiles($"{root}/native-headers/*.h*", $"{folder}/include");
    CopyFileToDirectory($"{root}/hosts/labview/omezarr_labview.h", $"{folder}/include");
    CopyFileToDirectory($"{root}/hosts/micromanager/OmeZarrTee.h", $"{folder}/include");
    EnsureDirectoryExists($"{folder}/suppressions");
    CopyFiles($"{root}/packaging/suppressions/*", $"{folder}/suppressions");
}

// The pages and the hosts' sources, laid out as in the sources, so that their links lead to one another.
void CopyDocuments(string folder)
{
    string[] pages = ["README.md", "CHANGELOG.md", "docs/*.md", "docs/*.png", "docs/*.jpg",
        "docs/benchmarks/*.md", "docs/benchmarks/*.svg", "hosts/*.md", "hosts/*/*.md", "hosts/c/*", "hosts/cpp/*",
        "hosts/labview/*", "hosts/micromanager/*", "hosts/micromanager/src/*", "hosts/python/examples/*.py"];
    foreach (var file in pages.SelectMany(pattern => GetFiles($"{root}/{pattern}")))
    {
        var to = $"{folder}/{System.IO.Path.GetRelativePath(root, file.FullPath).Replace('\\', '/')}";
        EnsureDirectoryExists(System.IO.Path.GetDirectoryName(to));
        CopyFile(file, to);
    }
}

// Where things lie below a prefix. LibraryFolder and the others are relative to it; "" is the prefix itself.
record PackageLayout(string Library, string LibraryFolder, string PackageFolder, string Prefix, string RunPath);

// The folder may be moved: everything is found from where its files lie. Programs find the library where it lay when they were
// linked.
PackageLayout ArchiveLayout(string forRid) =>
    new(LibraryName(forRid), "", "lib", "${pcfiledir}/../..", forRid.StartsWith("win") ? "" : "-Wl,-rpath,${libdir} ");

void WritePackageFiles(string folder, PackageLayout layout, string version)
{
    var numbers = version.Split('-')[0].Split('.');
    Dictionary<string, string> values = new()
    {
        ["LIBRARY"] = $"{layout.LibraryFolder}/{layout.Library}".TrimStart('/'), ["SONAME"] = layout.Library,
        ["VERSION"] = version,
        ["MAJOR"] = numbers[0], ["MINOR"] = numbers[1], ["PREFIX"] = layout.Prefix, ["RUNPATH"] = layout.RunPath,
        ["LIBDIR"] = layout.LibraryFolder == "" ? "${prefix}" : $"${{prefix}}/{layout.LibraryFolder}",
        ["UP"] = string.Join('/', Enumerable.Repeat("..", layout.PackageFolder.Split('/').Length + 2)),
    };
    foreach (var (template, to) in new[]
    {
        ("OmeZarrNativeConfig.cmake", "cmake/OmeZarrNative"),
        ("OmeZarrNativeConfigVersion.cmake", "cmake/OmeZarrNative"),
        ("omezarr_native.pc", "pkgconfig"),
    })
    {
        EnsureDirectoryExists($"{folder}/{layout.PackageFolder}/{to}");
        var text = System.IO.File.ReadAllText($"{root}/packaging/{template}.in");
        text = Regex.Replace(text, "@([A-Z]+)@", match => values[match.Groups[1].Value]);
        System.IO.File.WriteAllText($"{folder}/{layout.PackageFolder}/{to}/{template}", text);
    }
}

// The terms of exactly what was linked in, and the project's own.
void CopyLicences(string folder, List<LinkedFile> linked)
{
    EnsureDirectoryExists($"{folder}/licences");
    foreach (var (name, text) in linked.SelectMany(made => made.Parts).SelectMany(part => part.Terms))
        System.IO.File.WriteAllText($"{folder}/licences/{name}", text);
    CopyFile($"{root}/LICENSE", $"{folder}/LICENSE");
    CopyFile($"{root}/THIRD-PARTY-NOTICES.md", $"{folder}/THIRD-PARTY-NOTICES.md");
}

// One file to ship: nothing but the C library may be asked of the machine that it runs on.
void CheckNeededLibraries(string library)
{
    string[] allowed = ["libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"];
    var needed = Regex.Matches(Output("readelf", "-d", library), @"\(NEEDED\).*\[(.+)\]").Select(m => m.Groups[1].Value).ToList();
    var more = needed.Except(allowed).ToList();
    if (more.Count > 0)
        throw new CakeException($"{library} needs {string.Join(", ", more)}, which is not part of the C library.");
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
