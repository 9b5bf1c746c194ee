using System.Text.Json;

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
        // What the restore of the publish has asked for, not what it wrote down: the machine may have newer ones.
        var (name, version) = RestoredRuntime();
        var package = File.ReadAllText(Directory.GetFiles(Path.Combine(Project, "obj"), "runtime-package.txt", SearchOption.AllDirectories).Single()).Trim();
        Assert.That(Path.GetFileName(package), Is.EqualTo(version));
        Assert.That(Path.GetFileName(Path.GetDirectoryName(package)), Is.EqualTo(name.ToLowerInvariant()));
        Assert.That(File.ReadAllText(Path.Combine(Licences, file)), Is.EqualTo(File.ReadAllText(Path.Combine(package, terms))));
    }

    [Test]
    public void ShouldHoldTheTermsOfTheCodecs() =>
        Assert.That(Directory.GetFiles(Licences).Select(Path.GetFileName), Is.EquivalentTo(new[] { "dotnet-third-party.txt", "dotnet.txt", "lz4.txt", "zstd.txt" }));

    private static (string Name, string Version) RestoredRuntime()
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Project, "obj", "project.assets.json")));
        var dependencies = assets.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject()
            .Where(framework => framework.Value.TryGetProperty("downloadDependencies", out _))
            .SelectMany(framework => framework.Value.GetProperty("downloadDependencies").EnumerateArray());
        var runtime = dependencies.Single(dependency => dependency.GetProperty("name").GetString()!.EndsWith("ILCompiler", StringComparison.Ordinal));
        return (runtime.GetProperty("name").GetString()!, runtime.GetProperty("version").GetString()!.Trim('[', ']').Split(',')[0]);
    }
}
