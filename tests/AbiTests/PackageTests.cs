namespace AbiTests;

/// <summary>The package around the published library tells of exactly what was linked into it.</summary>
public sealed class PackageTests
{
    // Those that were linked as native libraries.
    private static IEnumerable<string> Codecs => new[] { "zstd", "lz4" }.Where(codec => PathsOf(codec).Any());

    // What the links of the library and of the program have told: a kind and a path in each line.
    private static readonly string[] Linked = File.ReadAllLines(OfThePublish("OmeZarrNative", "linked.txt"));

    private static readonly string[] LinkedIntoTheProgram = File.ReadAllLines(OfThePublish("OmeZarr.Cli", "linked.txt"));

    private static string Licences => Path.Combine(Path.GetDirectoryName(PublishedLibrary.Path)!, "licences");

    [TestCase("LICENSE.TXT", "dotnet.txt")]
    [TestCase("THIRD-PARTY-NOTICES.TXT", "dotnet-third-party.txt")]
    public void ShouldHoldTheTermsOfTheRuntimeThatWasLinked(string terms, string file)
    {
        var package = PackageAbove(CompiledCoreLibrary());
        Assert.That(PathsOf("compiler").Concat(PathsOf("framework")).Select(PackageAbove), Does.Contain(package));
        Assert.That(File.ReadAllText(Path.Combine(Licences, file)), Is.EqualTo(File.ReadAllText(Path.Combine(package, terms))));
    }

    [Test]
    public void ShouldHoldTheTermsOfTheCodecs()
    {
        // Those of managed packages are named after them; a package that was left out has none.
        var managed = PathsOf("assembly").Concat(PathsOf("assembly", LinkedIntoTheProgram)).Select(PackageAbove).Distinct()
            .Select(package => $"{Path.GetFileName(Path.GetDirectoryName(package))}.txt");
        string[] needed = ["dotnet-third-party.txt", "dotnet.txt", .. Codecs.Select(codec => $"{codec}.txt")];
        var shipped = Directory.GetFiles(Licences).Select(file => Path.GetFileName(file)!).ToArray();
        Assert.That(shipped, Is.SupersetOf(needed).And.SubsetOf(needed.Concat(managed)));
        Assert.That(shipped.Any(file => file.Contains("zstd", StringComparison.Ordinal)));
        Assert.That(shipped.Any(file => file.Contains("lz4", StringComparison.Ordinal)));
        foreach (var codec in Codecs)
        {
            var theirs = File.ReadAllText(PathsOf($"{codec}-terms").Single());
            Assert.That(File.ReadAllText(Path.Combine(Licences, $"{codec}.txt")), Is.EqualTo(theirs));
        }
    }

    [TestCase("spectre.console.txt")]
    [TestCase("spectre.console.ansi.txt")]
    [TestCase("system.commandline.txt")]
    [TestCase("bitmiracle.libtiff.net.txt")]
    public void ShouldHoldTheTermsOfWhatTheProgramIsMadeOf(string file) =>
        Assert.That(new FileInfo(Path.Combine(Licences, file)), Has.Length.GreaterThan(500));

    [TestCase("LICENSE")]
    [TestCase("THIRD-PARTY-NOTICES.md")]
    public void ShouldHoldTheProjectsOwnTerms(string file) => Assert.That(
        File.ReadAllText(Path.Combine(Release.Folder, file)), Is.EqualTo(File.ReadAllText(Path.Combine(Repository.Root, file))));

    [TestCase("zstd")]
    [TestCase("LZ4 library")]
    [TestCase(".NET runtime")]
    [TestCase("zlib-ng, as part of the .NET runtime")]
    public void ShouldHaveTheTermsOfWhatIsLinkedInItsNotices(string part) =>
        Assert.That(File.ReadAllText(Path.Combine(Release.Folder, "THIRD-PARTY-NOTICES.md")), Does.Contain($"\n## {part}\n"));

    /// <summary>What the link has told of a kind of thing that it was given.</summary>
    internal static IEnumerable<string> PathsOf(string kind) => PathsOf(kind, Linked);

    /// <summary>The same of the program's link.</summary>
    internal static IEnumerable<string> PathsOfTheProgram(string kind) => PathsOf(kind, LinkedIntoTheProgram);

    private static IEnumerable<string> PathsOf(string kind, string[] told) => told
        .Where(line => line.StartsWith($"{kind}=", StringComparison.Ordinal))
        .Select(line => line[(kind.Length + 1)..].Replace('\\', '/'));

    // What the compiler was given, not what the publish has told: the machine may have several versions.
    private static string CompiledCoreLibrary() => File.ReadLines(OfThePublish("OmeZarrNative", "omezarr_native.ilc.rsp"))
        .Where(line => line.StartsWith("-r:", StringComparison.Ordinal))
        .Single(line => Path.GetFileName(line) == "System.Private.CoreLib.dll")["-r:".Length..];

    // The last publish: folders of earlier frameworks and configurations may lie beside its own.
    private static string OfThePublish(string project, string file) => Directory
        .GetFiles(Path.Combine(Repository.Root, "src", project, "obj"), file, SearchOption.AllDirectories)
        .MaxBy(File.GetLastWriteTimeUtc)!;

    private static string PackageAbove(string path)
    {
        var folder = path;
        while (!Directory.Exists(folder) || Directory.GetFiles(folder, "*.nuspec").Length == 0)
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"{path} lies in no NuGet package");
        return folder;
    }
}
