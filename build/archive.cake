// Files to hand out, made of the package folder. The same input gives the same bytes: entries are sorted, belong to root,
// have plain modes, and the date of the commit.

using System.Formats.Tar;
using System.IO.Compression;

string ReleaseName(string forRid, SourceState source) => $"omezarr-native-{source.Version}-{forRid}";

// Everything that a release consists of for one platform, and the checksums of it.
void PackLibrary(string forRid, string into)
{
    var source = ReadPublished(forRid);
    var name = ReleaseName(forRid, source);
    EnsureDirectoryExists(into);
    DeleteFiles($"{into}/omezarr-native-*-{forRid}*.*");
    DeleteFiles($"{into}/libomezarr-native*_{DebianArchitecture(forRid)}.deb");
    DeleteFiles($"{into}/omezarr*_{DebianArchitecture(forRid)}.deb");
    List<string> files =
    [
        PackFolder(PackageFolder(forRid), name, into, source.Date),
        PackFolder(SymbolsFolder(forRid), $"{name}-symbols", into, source.Date),
        $"{into}/{name}.cdx.json",
    ];
    CopyFile($"{PackageFolder(forRid)}/sbom.cdx.json", files[^1]);
    if (forRid.StartsWith("linux") && HasCommand("dpkg-deb"))
        files.AddRange(PackDebian(forRid, into, source));
    else if (forRid.StartsWith("linux"))
        Warning("There is no dpkg-deb here: no Debian packages were made.");
    if (HasCommand(Python()))
        files.AddRange(PackPython(forRid, into, source));
    else
        Warning("There is no Python here: no wheel was made.");
    files.Add(PackNuGet(into, source));
    WriteChecksums($"{into}/{name}.SHA256SUMS", files);
    foreach (var file in files)
        Information($"{file}: {FileSize(file) / 1024} KiB");
}

// One archive of a folder, in which it has the archive's name.
string PackFolder(string folder, string name, string into, DateTimeOffset date)
{
    var windows = name.Contains("-win-");
    var file = $"{into}/{name}.{(windows ? "zip" : "tar.gz")}";
    var entries = System.IO.Directory.GetFileSystemEntries(folder, "*", System.IO.SearchOption.AllDirectories)
        .Select(path => System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal);
    using var output = System.IO.File.Create(file);
    if (windows)
        WriteZip(output, folder, name, entries, date);
    else
        WriteTar(output, folder, name, entries, date);
    return file;
}

void WriteTar(System.IO.Stream output, string folder, string name, IEnumerable<string> entries, DateTimeOffset date)
{
    using var gzip = new GZipStream(output, CompressionLevel.Optimal);
    using var tar = new TarWriter(gzip, TarEntryFormat.Ustar);
    foreach (var entry in entries.Prepend(""))
    {
        var path = $"{folder}/{entry}";
        var isFolder = DirectoryExists(path);
        var written = new UstarTarEntry(isFolder ? TarEntryType.Directory : TarEntryType.RegularFile, $"{name}/{entry}")
        {
            ModificationTime = date, Mode = ModeOf(path, isFolder), UserName = "root", GroupName = "root",
        };
        using var data = isFolder ? null : System.IO.File.OpenRead(path);
        if (data != null)
            written.DataStream = data;
        tar.WriteEntry(written);
    }
}

void WriteZip(System.IO.Stream output, string folder, string name, IEnumerable<string> entries, DateTimeOffset date)
{
    using var zip = new ZipArchive(output, ZipArchiveMode.Create);
    foreach (var entry in entries.Where(entry => FileExists($"{folder}/{entry}")))
    {
        var written = zip.CreateEntry($"{name}/{entry}", CompressionLevel.Optimal);
        written.LastWriteTime = date.ToUniversalTime();
        using var to = written.Open();
        using var from = System.IO.File.OpenRead($"{folder}/{entry}");
        from.CopyTo(to);
    }
}

// Not the modes that the files have here: these depend on the machine's umask.
System.IO.UnixFileMode ModeOf(string path, bool isFolder) =>
    (System.IO.UnixFileMode)(isFolder || path.EndsWith(".dylib") || path.EndsWith("/bin/omezarr") ? 0b111_101_101 : 0b110_100_100);

// As sha256sum --check reads it.
void WriteChecksums(string file, IEnumerable<string> of) => System.IO.File.WriteAllText(file, string.Concat(
    of.OrderBy(System.IO.Path.GetFileName, StringComparer.Ordinal)
        .Select(path => $"{Sha256(path)}  {System.IO.Path.GetFileName(path)}\n")));
