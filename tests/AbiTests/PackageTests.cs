namespace AbiTests;

/// <summary>The package around the published library tells of exactly what was linked into it.</summary>
public sealed class PackageTests
{
    private static readonly string Project = Path.Combine(Repository.Root, "src", "OmeZarrNative");

    private static string Licences => Path.Combine(Path.GetDirectoryName(PublishedLibrary.Path)!, "licences");

    [TestCase("LICENSE.TXT", "dotnet.txt")]
    [TestCase("THIRD-PARTY-NOTICES.TXT", "dotnet-third-party.txt")]
    public void ShouldHoldTheTermsOfTheRuntimeThatWasLinked(string terms, string file)
    {
        var package = File.ReadAllText(OfThePublish("runtime-package.txt")).Trim();
        Assert.That(CompiledCoreLibrary(), Does.StartWith(package + Path.DirectorySeparatorChar));
        Assert.That(File.ReadAllText(Path.Combine(Licences, file)), Is.EqualTo(File.ReadAllText(Path.Combine(package, terms))));
    }

    [Test]
    public void ShouldHoldTheTermsOfTheCodecs() =>
        Assert.That(Directory.GetFiles(Licences).Select(Path.GetFileName), Is.EquivalentTo(new[] { "dotnet-third-party.txt", "dotnet.txt", "lz4.txt", "zstd.txt" }));

    // What the compiler was given, not what the publish has told: the machine may have several versions.
    private static string CompiledCoreLibrary() => File.ReadLines(OfThePublish("omezarr_native.ilc.rsp"))
        .Single(line => line.StartsWith("-r:", StringComparison.Ordinal) && Path.GetFileName(line) == "System.Private.CoreLib.dll")["-r:".Length..];

    // The last publish: folders of earlier frameworks and configurations may lie beside its own.
    private static string OfThePublish(string file) =>
        Directory.GetFiles(Path.Combine(Project, "obj"), file, SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!;
}
