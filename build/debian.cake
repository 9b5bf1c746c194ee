// Debian packages: the library, what is needed to build with it, the program, and debug symbols.

using System.IO.Compression;
using System.Text.RegularExpressions;

const string LibraryPackage = "libomezarr-native";
const string ProgramPackage = "omezarr";
const string Maintainer = "The OmeZarrNative authors <dev@omezarrnative.invalid>";

string DebianArchitecture(string forRid) => forRid.EndsWith("arm64") ? "arm64" : "amd64";

string MultiarchFolder(string forRid) => forRid.EndsWith("arm64") ? "lib/aarch64-linux-gnu" : "lib/x86_64-linux-gnu";

// No run path: the library lies where the system looks for it.
PackageLayout DebianLayout(string forRid) =>
    new(LibraryName(forRid), MultiarchFolder(forRid), MultiarchFolder(forRid), "/usr", "");

IEnumerable<string> PackDebian(string forRid, string into, SourceState source)
{
    var stage = $"{into}/{forRid}-debian";
    CleanDirectory(stage);
    var version = $"{source.Version.Replace('-', '~')}-1";
    List<string> files =
    [
        Pack(LibraryPackage, StageLibrary, "libs", $"libc6 (>= {NewestGlibc($"{PackageFolder(forRid)}/{LibraryName(forRid)}")})",
            "writes microscope camera frames as OME-Zarr",
            "Takes frames from a camera's thread and writes them, compressed and in chunks,\n"
                + "as OME-Zarr that standard readers open at every moment."
                + (forRid.EndsWith("x64") ? "\nIt needs a processor with AVX2." : "")),
        Pack($"{LibraryPackage}-dev", StageDevelopment, "libdevel", $"{LibraryPackage} (= {version})",
            "writes microscope camera frames as OME-Zarr (development)",
            "The headers for C and C++, the files for CMake and pkg-config, and the\nsuppressions for sanitizers."),
        Pack($"{LibraryPackage}-dbgsym",
            (folder, _, _) => StageSymbols(folder, $"{PackageFolder(forRid)}/{LibraryName(forRid)}",
                $"{SymbolsFolder(forRid)}/omezarr_native.so.dbg"),
            "debug", $"{LibraryPackage} (= {version})",
            $"debug symbols for {LibraryPackage}", "For debuggers, which find them by the library's build id."),
        Pack(ProgramPackage, StageProgram, "science", $"libc6 (>= {NewestGlibc($"{PackageFolder(forRid)}/bin/omezarr")})",
            "looks at OME-Zarr datasets, checks, rescues and makes them",
            "Tells what is in a dataset, whether it is whole, and draws pictures of it;\n"
                + "repairs what a killed writer left, adds resolution levels, and records."
                + (forRid.EndsWith("x64") ? "\nIt needs a processor with AVX2." : "")),
        Pack($"{ProgramPackage}-dbgsym",
            (folder, _, _) => StageSymbols(folder, $"{PackageFolder(forRid)}/bin/omezarr", $"{SymbolsFolder(forRid)}/omezarr.dbg"),
            "debug", $"{ProgramPackage} (= {version})",
            $"debug symbols for {ProgramPackage}", "For debuggers, which find them by the program's build id."),
    ];
    DeleteDirectory(stage, new DeleteDirectorySettings { Recursive = true, Force = true });
    return files;

    string Pack(
        string name, Action<string, string, SourceState> fill, string section, string depends, string summary, string text)
    {
        var folder = $"{stage}/{name}";
        EnsureDirectoryExists($"{folder}/DEBIAN");
        fill(folder, forRid, source);
        WriteDocuments($"{folder}/usr/share/doc/{name}", name, version, source);
        WriteControl(folder, [
            ("Package", name), ("Source", name == LibraryPackage ? null : "libomezarr-native"), ("Version", version),
            ("Architecture", DebianArchitecture(forRid)), ("Maintainer", Maintainer), ("Installed-Size", InstalledSize(folder)),
            ("Depends", depends), ("Section", section), ("Priority", "optional"),
            ("Multi-Arch", name == ProgramPackage ? "foreign" : "same"),
            ("Description", summary + string.Concat(text.Split('\n').Select(line => $"\n {line}"))),
        ]);
        WriteMd5Sums(folder);
        MakeAlike(folder, source.Date);
        var file = $"{into}/{name}_{version}_{DebianArchitecture(forRid)}.deb";
        Run("env", $"SOURCE_DATE_EPOCH={source.Date.ToUnixTimeSeconds()}", "dpkg-deb", "--root-owner-group", "-Zxz", "-z1",
            "--threads-max=1", "--build", folder, file);
        return file;
    }
}

void StageLibrary(string folder, string forRid, SourceState source)
{
    var package = PackageFolder(forRid);
    CopyTo($"{package}/{LibraryName(forRid)}", $"{folder}/usr/{MultiarchFolder(forRid)}");
    StageTerms(folder, package, LibraryPackage);
    System.IO.File.WriteAllText($"{folder}/DEBIAN/triggers", "activate-noawait ldconfig\n");
    // Packages that are built against this one get their dependency from here. There is no shlibs file: its format asks for a
    // version in the SONAME. This library has one name everywhere, so that hosts load it by that name; its interface only grows.
    System.IO.File.WriteAllText($"{folder}/DEBIAN/symbols", $"{LibraryName(forRid)} {LibraryPackage} #MINVER#\n"
        + string.Concat(ExportedSymbols($"{package}/{LibraryName(forRid)}").Select(symbol => $" {symbol} {SinceVersion}\n")));
}

// The bill of materials, and the terms of what was linked in.
void StageTerms(string folder, string package, string name)
{
    CopyTo($"{package}/sbom.cdx.json", $"{folder}/usr/share/doc/{name}");
    foreach (var terms in GetFiles($"{package}/licences/*"))
        CopyTo(terms.FullPath, $"{folder}/usr/share/doc/{name}/licences");
    EnsureDirectoryExists($"{folder}/usr/share/lintian/overrides");
    CopyFile($"{root}/packaging/debian/{name}.overrides", $"{folder}/usr/share/lintian/overrides/{name}");
}

void StageProgram(string folder, string forRid, SourceState source)
{
    var package = PackageFolder(forRid);
    CopyTo($"{package}/bin/omezarr", $"{folder}/usr/bin");
    CopyTo($"{package}/share/bash-completion/completions/omezarr", $"{folder}/usr/share/bash-completion/completions");
    foreach (var page in new[] { "omezarr", "settings" })
        CopyTo($"{root}/docs/{page}.md", $"{folder}/usr/share/doc/{ProgramPackage}");
    StageTerms(folder, package, ProgramPackage);
}

// Every call since the first release: later ones get their own line here when they come.
const string SinceVersion = "0.1.0";

// Names with the version node that the linker has given them, as in omz_create@V1.0.
IEnumerable<string> ExportedSymbols(string library) => Output("nm", "--dynamic", "--defined-only", library).Split('\n')
    .Select(line => line.Split(' ')[^1].Replace("@@", "@")).Where(name => name.StartsWith("omz")).Order(StringComparer.Ordinal);

void StageDevelopment(string folder, string forRid, SourceState source)
{
    var package = PackageFolder(forRid);
    foreach (var header in GetFiles($"{package}/include/*"))
        CopyTo(header.FullPath, $"{folder}/usr/include");
    foreach (var file in GetFiles($"{package}/suppressions/*"))
        CopyTo(file.FullPath, $"{folder}/usr/share/omezarr-native/suppressions");
    CopyDocuments($"{folder}/usr/share/doc/{LibraryPackage}-dev");
    WritePackageFiles($"{folder}/usr", DebianLayout(forRid), source.Version);
}

void StageSymbols(string folder, string linked, string symbols)
{
    var id = Regex.Match(Output("readelf", "--notes", linked), "Build ID: ([0-9a-f]+)").Groups[1].Value;
    EnsureDirectoryExists($"{folder}/usr/lib/debug/.build-id/{id[..2]}");
    CopyFile(symbols, $"{folder}/usr/lib/debug/.build-id/{id[..2]}/{id[2..]}.debug");
}

void WriteDocuments(string folder, string name, string version, SourceState source)
{
    EnsureDirectoryExists(folder);
    CopyFile($"{root}/packaging/debian/copyright", $"{folder}/copyright");
    if (!name.EndsWith("-dbgsym"))
        WriteGzip($"{folder}/changelog.gz", System.IO.File.ReadAllText($"{root}/CHANGELOG.md"));
    var date = source.Date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
    WriteGzip($"{folder}/changelog.Debian.gz", $"""
        libomezarr-native ({version}) unstable; urgency=medium

          * Made by the project's own build of {source.FullVersion}.

         -- {Maintainer}  {date} +0000

        """);
}

void WriteGzip(string file, string text)
{
    using var gzip = new GZipStream(System.IO.File.Create(file), CompressionLevel.SmallestSize);
    gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
}

void WriteControl(string folder, IEnumerable<(string Name, string Value)> fields) => System.IO.File.WriteAllText(
    $"{folder}/DEBIAN/control",
    string.Concat(fields.Where(field => field.Value != null).Select(field => $"{field.Name}: {field.Value}\n")));

string InstalledSize(string folder) => $"{PackedFiles(folder).Sum(file => (new System.IO.FileInfo(file).Length + 1023) / 1024)}";

void WriteMd5Sums(string folder) => System.IO.File.WriteAllText($"{folder}/DEBIAN/md5sums", string.Concat(
    PackedFiles(folder).Select(file => $"{Md5(file)}  {System.IO.Path.GetRelativePath(folder, file)}\n")));

// What dpkg checks with; it protects against damage only.
string Md5(string file) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.IO.File.ReadAllBytes(file)));

IEnumerable<string> PackedFiles(string folder) =>
    System.IO.Directory.GetFiles($"{folder}/usr", "*", System.IO.SearchOption.AllDirectories).Order(StringComparer.Ordinal);

// Modes and dates that depend neither on the machine nor on the day.
void MakeAlike(string folder, DateTimeOffset date)
{
    var below = System.IO.Directory.GetFileSystemEntries(folder, "*", System.IO.SearchOption.AllDirectories);
    foreach (var path in below.Reverse().Append(folder))
    {
        System.IO.File.SetUnixFileMode(path, ModeOf(path, DirectoryExists(path)));
        System.IO.File.SetLastWriteTimeUtc(path, date.UtcDateTime);
    }
}

// The C library that the newest of the used symbols came with.
Version NewestGlibc(string library) => Regex.Matches(Output("readelf", "--version-info", library), @"GLIBC_([0-9]+\.[0-9.]+)")
    .Select(match => Version.Parse(match.Groups[1].Value)).Max();

void CopyTo(string file, string folder)
{
    EnsureDirectoryExists(folder);
    CopyFileToDirectory(file, folder);
}
