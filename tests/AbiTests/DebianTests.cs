using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>The Debian packages: what their control files say is true, and hosts can be built with what they install.</summary>
public sealed partial class DebianTests
{
    private const string Multiarch = "lib/x86_64-linux-gnu";

    private static readonly string[] Libraries = ["libomezarr-native", "libomezarr-native-dev", "libomezarr-native-dbgsym"];

    private static IEnumerable<string> Packages => [.. Libraries, "omezarr", "omezarr-dbgsym"];

    [TestCaseSource(nameof(Packages))]
    public void ShouldInstallPlainFilesOfRoot(string package)
    {
        var lines = Lines(Tool.Run("dpkg-deb", "--contents", Release.Debian(package)));
        Assert.That(lines.Where(line => !PlainEntry().IsMatch(line)), Is.Empty);
        var names = lines.Select(line => line[line.IndexOf("./", StringComparison.Ordinal)..]).ToArray();
        Assert.That(names.Where(name => name is not "./"), Has.All.StartWith("./usr/"));
        var programs = lines.Where(line => line.StartsWith("-rwx", StringComparison.Ordinal)).ToArray();
        Assert.That(programs, package == "omezarr" ? Has.One.EndsWith(" ./usr/bin/omezarr") : Is.Empty);
        foreach (var document in new[] { "copyright", "changelog.Debian.gz" })
            Assert.That(names, Does.Contain($"./usr/share/doc/{package}/{document}"));
    }

    [TestCaseSource(nameof(Packages))]
    public void ShouldHaveTheChecksumsOfItsFiles(string package)
    {
        using var scratch = new Scratch();
        Tool.Run("dpkg-deb", "--raw-extract", Release.Debian(package), scratch.Folder).ShouldSucceed();
        var right = Lines(Tool.Run("md5sum", ["--check", "--strict", "DEBIAN/md5sums"], scratch.Folder));
        Assert.That(right, Has.Length.EqualTo(Directory.GetFiles(scratch.Path("usr"), "*", SearchOption.AllDirectories).Length));
    }

    [Test]
    public void ShouldAskForTheCLibraryThatTheLibraryUses()
    {
        var used = GlibcSymbol().Matches(Tool.Run("objdump", "-T", PublishedLibrary.Path).ShouldSucceed().Output)
            .Select(match => Version.Parse(match.Groups[1].Value)).Max();
        Assert.That(Field("libomezarr-native", "Depends"), Is.EqualTo($"libc6 (>= {used})"));
    }

    [Test]
    public void ShouldNameEveryCallForThoseThatAreBuiltWithIt()
    {
        var symbols = Control("libomezarr-native", "symbols").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(symbols[0], Is.EqualTo("libomezarr_native.so libomezarr-native #MINVER#"));
        Assert.That(symbols[1..].Select(line => line.Trim().Split('@')[0]), Is.EqualTo(File.ReadAllLines(Repository.ExportList)));
        // With the node of the linker's version script: dpkg-shlibdeps finds nothing otherwise.
        var exported = Lines(Tool.Run("nm", "--dynamic", "--defined-only", PublishedLibrary.Path))
            .Select(line => line.Split(' ')[^1].Replace("@@", "@", StringComparison.Ordinal));
        Assert.That(symbols[1..].Select(line => line.Trim().Split(' ')[0]), Is.SubsetOf(exported));
        Assert.That(Control("libomezarr-native", "triggers"), Is.EqualTo("activate-noawait ldconfig\n"));
    }

    [Test]
    public void ShouldBelongTogether()
    {
        var version = Field("libomezarr-native", "Version");
        var published = Release.ReadBill().GetProperty("metadata").GetProperty("component").GetProperty("version").GetString()!;
        Assert.That(version, Is.EqualTo($"{published.Split('+')[0]}-1"));
        Assert.That(Packages.Select(package => Field(package, "Version")), Has.All.EqualTo(version));
        foreach (var package in Libraries.Skip(1))
            Assert.That(Field(package, "Depends"), Is.EqualTo($"libomezarr-native (= {version})"));
        Assert.That(Field("omezarr-dbgsym", "Depends"), Is.EqualTo($"omezarr (= {version})"));
        Assert.That(Field("omezarr", "Depends"), Does.Match(@"^libc6 \(>= \d+\.\d+\)$"), "the program is whole by itself");
    }

    [Test]
    public void ShouldHoldTheLibraryOfTheArchive()
    {
        using var scratch = new Scratch();
        Install(scratch.Folder, Packages);
        var library = scratch.Path("usr", Multiarch, "libomezarr_native.so");
        var published = File.ReadAllBytes(Path.Combine(Release.Folder, "libomezarr_native.so"));
        Assert.That(File.ReadAllBytes(library).AsSpan().SequenceEqual(published), Is.True);
        var id = ArchiveTests.BuildId(library);
        var symbols = scratch.Path("usr", "lib", "debug", ".build-id", id[..2], $"{id[2..]}.debug");
        Assert.That(File.Exists(symbols), "where debuggers look for its symbols");
        var terms = Directory.GetFiles(scratch.Path("usr", "share", "doc", "libomezarr-native", "licences"));
        var publishedTerms = Directory.GetFiles(Path.Combine(Release.Folder, "licences"));
        Assert.That(terms.Select(Path.GetFileName), Is.EquivalentTo(publishedTerms.Select(Path.GetFileName)));
    }

    [Test]
    public void ShouldHoldTheProgramAndTheCompletionThatItPrints()
    {
        using var scratch = new Scratch();
        Install(scratch.Folder, ["omezarr", "omezarr-dbgsym"]);
        var program = scratch.Path("usr", "bin", "omezarr");
        Assert.That(
            File.ReadAllText(scratch.Path("usr", "share", "bash-completion", "completions", "omezarr")),
            Is.EqualTo(Tool.Run(program, "completion", "bash").ShouldSucceed().Output));
        var id = ArchiveTests.BuildId(program);
        Assert.That(File.Exists(scratch.Path("usr", "lib", "debug", ".build-id", id[..2], $"{id[2..]}.debug")));
    }

    [Test]
    public void HostsShouldBuildWithCMake()
    {
        using var scratch = new Scratch();
        Install(scratch.Path("root"), ["libomezarr-native", "libomezarr-native-dev"]);
        ArchiveTests.ShouldWriteADataset(scratch, ArchiveTests.BuildWithCMake(scratch, scratch.Path("root", "usr")));
    }

    [Test]
    public void HostsShouldBuildWithPkgConfig()
    {
        using var scratch = new Scratch();
        Install(scratch.Path("root"), ["libomezarr-native", "libomezarr-native-dev"]);
        var flags = Tool.Run("pkg-config", ["--cflags", "--libs", "omezarr_native"], folder: null,
            ("PKG_CONFIG_PATH", scratch.Path("root", "usr", Multiarch, "pkgconfig")),
            ("PKG_CONFIG_SYSROOT_DIR", scratch.Path("root")),
            ("PKG_CONFIG_ALLOW_SYSTEM_CFLAGS", "1"),
            ("PKG_CONFIG_ALLOW_SYSTEM_LIBS", "1")).ShouldSucceed().Output;
        Assert.That(flags, Does.Not.Contain("rpath"), "the system finds the library by itself");
        var program = ArchiveTests.BuildWithFlags(scratch, flags);
        ArchiveTests.ShouldWriteADataset(scratch, program, ("LD_LIBRARY_PATH", scratch.Path("root", "usr", Multiarch)));
    }

    [Test]
    public void ShouldBeTakenByDpkg()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("dpkg installs for root only");
        using var scratch = new Scratch();
        var root = scratch.Path("root");
        Directory.CreateDirectory(Path.Combine(root, "var", "lib", "dpkg", "updates"));
        Directory.CreateDirectory(Path.Combine(root, "var", "lib", "dpkg", "info"));
        File.WriteAllText(Path.Combine(root, "var", "lib", "dpkg", "status"), "");
        // The C library is not in there.
        Tool.Run("dpkg", [$"--root={root}", "--force-depends", "--install", .. Release.DebianPackages]).ShouldSucceed();
        Assert.That(Lines(Tool.Run("dpkg", $"--root={root}", "--verify")), Is.Empty, "files that differ from the packages");
        Assert.That(File.Exists(Path.Combine(root, "usr", Multiarch, "libomezarr_native.so")));
        Tool.Run("dpkg", [$"--root={root}", "--force-depends", "--purge", .. Packages]).ShouldSucceed();
        Assert.That(Directory.GetFileSystemEntries(root, "usr"), Is.Empty, "what is left");
    }

    private static void Install(string root, IEnumerable<string> packages)
    {
        foreach (var package in packages)
            Tool.Run("dpkg-deb", "--extract", Release.Debian(package), root).ShouldSucceed();
    }

    private static string Field(string package, string name) =>
        Tool.Run("dpkg-deb", "--field", Release.Debian(package), name).ShouldSucceed().Output.Trim();

    private static string Control(string package, string file) =>
        Tool.Run("dpkg-deb", "--info", Release.Debian(package), file).ShouldSucceed().Output;

    private static string[] Lines(ToolResult result) =>
        result.ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) root/root +\d+ \S+ \S+ \./")]
    private static partial Regex PlainEntry();

    [GeneratedRegex(@"\(GLIBC_(\d+\.[\d.]+)\)")]
    private static partial Regex GlibcSymbol();
}
