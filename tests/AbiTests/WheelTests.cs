using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>The wheel and the source distribution: what they say is true, and they work where nothing is installed.</summary>
public sealed partial class WheelTests
{
    private static readonly string Package = Path.Combine(Repository.Hosts, "python");

    private static string Version => NameOfWheel().Match(Path.GetFileName(Release.Wheel)).Groups[1].Value;

    private static string Info => $"omezarr_native-{Version}.dist-info";

    [Test]
    public void ShouldBeNamedAfterThePlatformOfItsLibrary()
    {
        var glibc = GlibcSymbol().Matches(Tool.Run("objdump", "-T", PublishedLibrary.Path).ShouldSucceed().Output)
            .Select(match => System.Version.Parse(match.Groups[1].Value)).Max()!;
        var tag = $"py3-none-manylinux_{glibc.Major}_{glibc.Minor}_x86_64";
        Assert.That(Path.GetFileName(Release.Wheel), Is.EqualTo($"omezarr_native-{Version}-{tag}.whl"));
        Assert.That(Text($"{Info}/WHEEL"), Does.Contain($"Tag: {tag}\n").And.Contain("Root-Is-Purelib: false\n"));
    }

    [Test]
    public void ShouldHoldThePackageTheLibraryAndTheTermsAndNothingElse()
    {
        using var wheel = ZipFile.OpenRead(Release.Wheel);
        var sources = Path.Combine(Package, "omezarr_native");
        var package = Directory.GetFiles(sources, "*.py", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(sources, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Append("py.typed").Append(Path.GetFileName(PublishedLibrary.Path)).Select(name => $"omezarr_native/{name}");
        var terms = Directory.GetFiles(Path.Combine(Release.Folder, "licences")).Select(Path.GetFileName)
            .Select(name => $"licences/{name}").Append("LICENSE").Append("THIRD-PARTY-NOTICES.md")
            .Select(name => $"{Info}/licenses/{name}");
        string[] told = ["METADATA", "WHEEL", "RECORD", "sboms/omezarr-native.cdx.json"];
        var program = Path.Combine(Release.Folder, "bin", "omezarr");
        string[] scripts = File.Exists(program) ? [$"omezarr_native-{Version}.data/scripts/omezarr"] : [];
        Assert.That(wheel.Entries.Select(entry => entry.FullName),
            Is.EquivalentTo([.. package, .. terms, .. told.Select(name => $"{Info}/{name}"), .. scripts]));
        var library = Path.GetFileName(PublishedLibrary.Path);
        Assert.That(Bytes($"omezarr_native/{library}").AsSpan().SequenceEqual(File.ReadAllBytes(PublishedLibrary.Path)), Is.True);
    }

    [Test]
    public void ShouldRecordEveryFileWithItsHash()
    {
        using var wheel = ZipFile.OpenRead(Release.Wheel);
        var record = Text($"{Info}/RECORD").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
            .ToDictionary(row => row[0], row => (Hash: row[1], Size: row[2]));
        Assert.That(record.Keys, Is.EquivalentTo(wheel.Entries.Select(entry => entry.FullName)));
        foreach (var (name, (hash, size)) in record.Where(row => row.Key != $"{Info}/RECORD"))
        {
            var digest = Convert.ToBase64String(SHA256.HashData(Bytes(name))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            Assert.That((hash, size), Is.EqualTo(($"sha256={digest}", $"{Bytes(name).Length}")), name);
        }
    }

    [Test]
    public void ShouldTellWhatAnIndexOfPackagesShows()
    {
        var metadata = Text($"{Info}/METADATA");
        var header = metadata[..metadata.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n')
            .Select(line => line.Split(": ", 2)).ToLookup(line => line[0], line => line[1]);
        Assert.That((header["Name"].Single(), header["Version"].Single()), Is.EqualTo(("omezarr-native", Version)));
        Assert.That(header["Requires-Dist"], Has.All.Contains("extra =="), "nothing else is needed");
        string[] fields = ["Summary", "Author", "Author-email", "License", "Keywords", "Requires-Python"];
        foreach (var field in fields)
            Assert.That(header[field], Has.Exactly(1).Not.Empty, field);
        Assert.That(header["Project-URL"], Has.None.Contains(".invalid"), "addresses that lead nowhere");
        Assert.That(header["Description-Content-Type"].Single(), Does.StartWith("text/markdown"));
        Assert.That(header["Classifier"].Count(), Is.GreaterThan(10));
        Assert.That(metadata, Does.Contain("# omezarr-native for Python"));
        Assert.That(metadata, Does.Not.Match(@"\]\((?!\w+://|#)"), "links that lead nowhere");
    }

    [Test]
    public void ShouldWorkInAFreshEnvironment()
    {
        using var scratch = new Scratch();
        var python = Environment(scratch, Release.Wheel);
        const string asks = "import omezarr_native as o; print(o.__file__, o._library.library().path, o.version())";
        var where = Run(python, scratch, "-c", asks).ShouldSucceed().Output;
        Assert.That(where.Split(' ')[..2], Has.All.StartWith(scratch.Folder));
        var result = Run(python, scratch, "-W", "error::ResourceWarning", "-m", "unittest", "discover", "-v", "-s",
            Path.Combine(Package, "tests"), "-p", "test_[!w]*.py").ShouldSucceed();
        PythonUnitTests.ShouldHavePassed(result.Output);
        foreach (var example in Directory.GetFiles(Path.Combine(Package, "examples"), "*.py"))
        {
            var dataset = scratch.Path($"{Path.GetFileNameWithoutExtension(example)}.ome.zarr");
            Run(python, scratch, example, dataset).ShouldSucceed();
            Assert.That(File.Exists(Path.Combine(dataset, "zarr.json")), example);
        }

        var program = Path.Combine(Path.GetDirectoryName(python)!, "omezarr");
        if (File.Exists(Path.Combine(Release.Folder, "bin", "omezarr")))
            Tool.Run(program, "--help").ShouldSucceed();
    }

    [Test]
    public void SourcesShouldRunTheirTestsAndBuildWithALibraryOnly()
    {
        using var scratch = new Scratch();
        var sources = Release.Unpack(Release.PythonSources, Directory.CreateDirectory(scratch.Path("sources")).FullName);
        var tests = Tool.Run("/usr/bin/python3", ["-m", "unittest", "discover", "-s", Path.Combine(sources, "tests"), "-p",
            "test_[lms]*.py"], sources, (PublishedLibrary.Variable, PublishedLibrary.Path)).ShouldSucceed();
        Assert.That(tests.Output, Does.Match(@"Ran \d\d+ tests").And.Contain("OK"));
        var python = Environment(scratch);
        string[] install = ["-m", "pip", "install", "--no-index", "--no-cache-dir", sources];
        var refused = Run(python, scratch, install);
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Output, Does.Contain("the native library is not there").And.Contain("./build.sh Publish"));
        Tool.Run(python, install, scratch.Folder, (PublishedLibrary.Variable, PublishedLibrary.Path)).ShouldSucceed();
        Run(python, scratch, "-c", "import omezarr_native; omezarr_native.version()").ShouldSucceed();
    }

    // Its interpreter. numpy is the system's: the package needs none, but its tests do.
    private static string Environment(Scratch scratch, params string[] packages)
    {
        var folder = scratch.Path($"venv{packages.Length}");
        Tool.Run("/usr/bin/python3", "-m", "venv", "--system-site-packages", folder).ShouldSucceed();
        var python = Path.Combine(folder, "bin", "python");
        if (packages.Length > 0)
            Run(python, scratch, ["-m", "pip", "install", "--no-index", "--no-deps", .. packages]).ShouldSucceed();
        return python;
    }

    private static ToolResult Run(string python, Scratch scratch, params IEnumerable<string> arguments) => Tool.Run(
        python, arguments, scratch.Folder, (PublishedLibrary.Variable, ""), ("PYTHONPATH", ""), ("PYTHONDONTWRITEBYTECODE", "1"),
        ("OMEZARR_NATIVE_TEST_INSTALLED", "1"));

    private static byte[] Bytes(string entry)
    {
        using var wheel = ZipFile.OpenRead(Release.Wheel);
        using var content = wheel.GetEntry(entry)!.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Text(string entry) => System.Text.Encoding.UTF8.GetString(Bytes(entry));

    [GeneratedRegex(@"^omezarr_native-([^-]+)-")]
    private static partial Regex NameOfWheel();

    [GeneratedRegex(@"GLIBC_([0-9]+\.[0-9.]+)")]
    private static partial Regex GlibcSymbol();
}
