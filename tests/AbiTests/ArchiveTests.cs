using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>The archive of a release: whole, the same for everybody, and enough to build hosts with.</summary>
public sealed partial class ArchiveTests
{
    private static readonly string MinimalHost = Path.Combine(Repository.Hosts, "c", "minimal.c");

    [Test]
    public void ShouldHoldWhatWasPublishedAndNothingElse()
    {
        using var scratch = new Scratch();
        var unpacked = Release.Unpack(Release.Archive, scratch.Folder);
        Assert.That(Path.GetFileName(unpacked), Is.EqualTo(Release.Name(Release.Archive)));
        Assert.That(FilesOf(unpacked).Keys, Is.EquivalentTo(FilesOf(Release.Folder).Keys));
        foreach (var (name, content) in FilesOf(Release.Folder))
            Assert.That(FilesOf(unpacked)[name].AsSpan().SequenceEqual(content), Is.True, name);
    }

    [Test]
    public void ShouldTellNothingOfTheMachineThatMadeIt([Values] bool symbols)
    {
        var archive = symbols ? Release.Symbols : Release.Archive;
        var entries = Entries(archive);
        Assert.That(entries, Is.Not.Empty);
        var date = Release.ReadBill().GetProperty("metadata").GetProperty("timestamp").GetDateTimeOffset();
        foreach (var entry in entries)
        {
            var runs = entry.EntryType == TarEntryType.Directory || entry.Name.EndsWith("/bin/omezarr", StringComparison.Ordinal);
            var mode = runs ? Convert.ToInt32("755", 8) : Convert.ToInt32("644", 8);
            Assert.That((int)entry.Mode, Is.EqualTo(mode), entry.Name);
            Assert.That((entry.Uid, entry.Gid), Is.EqualTo((0, 0)), entry.Name);
            Assert.That(entry.ModificationTime, Is.EqualTo(date), entry.Name);
        }

        Assert.That(entries.Select(entry => entry.Name), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
    }

    [Test]
    public void ShouldBeTheSameBytesWhoeverPacksIt()
    {
        using var scratch = new Scratch();
        var command = $"umask 077; cd '{Repository.Root}' && exec ./build.sh Pack --out='{scratch.Path("again")}'";
        Tool.Run("bash", ["-c", command], folder: null, ("TZ", "Pacific/Apia"), ("LC_ALL", "C")).ShouldSucceed();
        var again = Directory.GetFiles(scratch.Path("again")).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes);
        Assert.That(again, Has.Count.EqualTo(12),
            "archive, symbols, bill of materials, five Debian packages, wheel, source distribution, NuGet package, checksums");
        foreach (var (name, content) in again)
        {
            var first = File.ReadAllBytes(Path.Combine(Release.Artifacts, name));
            Assert.That(content.AsSpan().SequenceEqual(first), Is.True, $"{name} differs");
        }
    }

    [Test]
    public void ShouldHaveChecksumsOfAllThatIsHandedOut()
    {
        Tool.Run("sha256sum", ["--check", "--strict", Release.Checksums], Release.Artifacts).ShouldSucceed();
        var listed = File.ReadAllLines(Release.Checksums).Select(line => line.Split("  ")[1]);
        string[] made = [Release.Archive, Release.Symbols, Release.BillOfMaterials, .. Release.DebianPackages, Release.Wheel,
            Release.PythonSources, Release.NuGet];
        Assert.That(listed, Is.EquivalentTo(made.Select(Path.GetFileName)));
    }

    [Test]
    public void ShouldHoldThePagesThatItsHeadersSpeakOf()
    {
        var documents = Path.Combine(Release.Folder, "share", "doc", "omezarr-native");
        var spoken = Directory.GetFiles(Path.Combine(Release.Folder, "include"))
            .SelectMany(header => SpokenPage().Matches(File.ReadAllText(header)).Select(match => match.Value))
            .Distinct().ToArray();
        Assert.That(spoken, Does.Contain("docs/settings.md"));
        Assert.That(spoken.Where(page => !File.Exists(Path.Combine(documents, page))), Is.Empty);
        // Links among the pages lead to one another; those into the sources do not, where only the pages are.
        var lost = Directory.GetFiles(documents, "*.md", SearchOption.AllDirectories).SelectMany(page => Link()
            .Matches(File.ReadAllText(page)).Select(link => Path.GetFullPath(link.Groups[1].Value, Path.GetDirectoryName(page)!))
            .Where(target => target.EndsWith(".md", StringComparison.Ordinal) && !Path.Exists(target))
            .Select(target => Path.GetRelativePath(documents, target)));
        Assert.That(lost.Distinct().Where(page => page.StartsWith("docs/", StringComparison.Ordinal)
            || page.StartsWith("hosts/", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void HostsShouldBuildWithCMakeWhereverItIsUnpacked()
    {
        using var scratch = new Scratch();
        var prefix = Release.Unpack(Release.Archive, Directory.CreateDirectory(scratch.Path("opt")).FullName);
        ShouldWriteADataset(scratch, BuildWithCMake(scratch, prefix));
    }

    [Test]
    public void AnInstalledHostShouldFindTheLibraryWhereverItIsMoved()
    {
        using var scratch = new Scratch();
        var prefix = Release.Unpack(Release.Archive, Directory.CreateDirectory(scratch.Path("opt")).FullName);
        BuildWithCMake(scratch, prefix);
        Tool.Run("cmake", "--install", scratch.Path("build"), "--prefix", scratch.Path("installed"), "--component", "Unspecified")
            .ShouldSucceed();
        // Neither the package nor the build is there any more.
        Directory.Delete(scratch.Path("opt"), recursive: true);
        Directory.Delete(scratch.Path("build"), recursive: true);
        Directory.Move(scratch.Path("installed"), scratch.Path("moved"));
        ShouldWriteADataset(scratch, scratch.Path("moved", "bin", "minimal"));
    }

    [Test]
    public void APkgConfigHostShouldFindTheLibraryBesideItWhenItIsToldTo()
    {
        using var scratch = new Scratch();
        var prefix = Release.Unpack(Release.Archive, scratch.Folder);
        var flags = Tool.Run("pkg-config", ["--cflags", "--libs", "omezarr_native"], folder: null,
            ("PKG_CONFIG_PATH", Path.Combine(prefix, "lib", "pkgconfig"))).ShouldSucceed().Output;
        var program = BuildWithFlags(scratch, $"{flags} -Wl,-rpath,$ORIGIN");
        var moved = Directory.CreateDirectory(scratch.Path("moved")).FullName;
        File.Move(program, Path.Combine(moved, "minimal"));
        File.Move(Path.Combine(prefix, "libomezarr_native.so"), Path.Combine(moved, "libomezarr_native.so"));
        ShouldWriteADataset(scratch, Path.Combine(moved, "minimal"));
    }

    [TestCase("OmeZarrNative REQUIRED COMPONENTS writer", 1)]
    [TestCase("OmeZarrNative REQUIRED OPTIONAL_COMPONENTS writer", 0)]
    public void ComponentsShouldBeRefusedByName(string package, int expected)
    {
        using var scratch = new Scratch();
        var prefix = Release.Unpack(Release.Archive, Directory.CreateDirectory(scratch.Path("opt")).FullName);
        File.WriteAllText(scratch.Path("CMakeLists.txt"),
            $"cmake_minimum_required(VERSION 3.16)\nproject(Asking LANGUAGES C)\nfind_package({package})\n");
        var result = Tool.Run("cmake", "-S", scratch.Folder, "-B", scratch.Path("build"), $"-DCMAKE_PREFIX_PATH={prefix}");
        Assert.That(result.ExitCode, Is.EqualTo(expected));
        Assert.That(result.Output.Contains("has no component", StringComparison.Ordinal), Is.EqualTo(expected != 0));
    }

    [Test]
    public void HostsShouldBuildWithPkgConfigAndFindTheLibraryWhenTheyStart()
    {
        using var scratch = new Scratch();
        var prefix = Release.Unpack(Release.Archive, scratch.Folder);
        var flags = Tool.Run("pkg-config", ["--cflags", "--libs", "omezarr_native"], folder: null,
            ("PKG_CONFIG_PATH", Path.Combine(prefix, "lib", "pkgconfig"))).ShouldSucceed().Output;
        ShouldWriteADataset(scratch, BuildWithFlags(scratch, flags));
    }

    [Test]
    public void DebuggersShouldFindTheSymbolsOfTheLibrary()
    {
        using var scratch = new Scratch();
        var symbols = Path.Combine(Release.Unpack(Release.Symbols, scratch.Folder), "omezarr_native.so.dbg");
        Assert.That(BuildId(symbols), Is.EqualTo(BuildId(PublishedLibrary.Path)).And.Not.Empty);
        var link = Tool.Run("readelf", "--string-dump=.gnu_debuglink", PublishedLibrary.Path).ShouldSucceed().Output;
        Assert.That(link, Does.Contain(Path.GetFileName(symbols)), "the name that the library asks for");
        var sections = Tool.Run("readelf", "--sections", "--wide", PublishedLibrary.Path).ShouldSucceed().Output;
        Assert.That(sections, Does.Not.Contain(".debug_info"));
    }

    internal static string BuildId(string file) => Tool.Run("readelf", "--notes", file).ShouldSucceed().Output
        .Split('\n').Single(line => line.Contains("Build ID:", StringComparison.Ordinal)).Split(':')[^1].Trim();

    /// <summary>The smallest host, built with the CMake package below a prefix; its path.</summary>
    internal static string BuildWithCMake(Scratch scratch, string prefix)
    {
        var sources = Path.Combine(Repository.Hosts, "c");
        Tool.Run("cmake", "-S", sources, "-B", scratch.Path("build"), $"-DCMAKE_PREFIX_PATH={prefix}").ShouldSucceed();
        Tool.Run("cmake", "--build", scratch.Path("build"), "--target", "minimal").ShouldSucceed();
        return scratch.Path("build", "minimal");
    }

    /// <summary>The smallest host, built with what pkg-config says; its path.</summary>
    internal static string BuildWithFlags(Scratch scratch, string flags)
    {
        string[] all = ["-std=c99", MinimalHost, .. flags.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];
        Tool.Run("cc", [.. all, "-o", scratch.Path("minimal")]).ShouldSucceed();
        return scratch.Path("minimal");
    }

    internal static void ShouldWriteADataset(Scratch scratch, string program, params IEnumerable<(string, string)> environment)
    {
        var dataset = scratch.Path("written.ome.zarr");
        Tool.Run(program, [dataset], folder: null, environment).ShouldSucceed();
        Assert.That(File.Exists(Path.Combine(dataset, "0", "zarr.json")));
    }

    private static Dictionary<string, byte[]> FilesOf(string folder) => Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes);

    private static List<TarEntry> Entries(string archive)
    {
        using var gzip = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        List<TarEntry> entries = [];
        while (tar.GetNextEntry() is { } entry)
            entries.Add(entry);
        return entries;
    }

    [GeneratedRegex(@"docs/[a-z-]+\.md")]
    private static partial Regex SpokenPage();

    [GeneratedRegex(@"\]\(([^)#:]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
