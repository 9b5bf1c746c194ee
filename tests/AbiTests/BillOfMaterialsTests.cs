using System.Security.Cryptography;
using System.Text.Json;

namespace AbiTests;

/// <summary>The bill of materials follows its standard and tells of exactly what was linked.</summary>
public sealed class BillOfMaterialsTests
{
    private static JsonElement Own => Release.ReadBill().GetProperty("metadata").GetProperty("component");

    private static IEnumerable<JsonElement> Components => Release.ReadBill().GetProperty("components").EnumerateArray();

    [Test]
    public void ShouldFollowTheSchemaOfCycloneDx() => Tool.Run("node", Validator, Release.BillOfMaterials).ShouldSucceed();

    [Test]
    public void TheSchemaShouldRefuseWhatDoesNotFollowIt()
    {
        using var scratch = new Scratch();
        var text = File.ReadAllText(Release.BillOfMaterials);
        (string, string)[] mistakes =
            [("\"SHA-256\"", "\"SHA-257\""), ("\"BSD-2-Clause\"", "\"BSD-9-Clause\""), ("\"name\": \"zstd\",", "")];
        foreach (var (right, wrong) in mistakes)
        {
            Assert.That(text, Does.Contain(right));
            File.WriteAllText(scratch.Path("wrong.json"), text.Replace(right, wrong, StringComparison.Ordinal));
            Assert.That(Tool.Run("node", Validator, scratch.Path("wrong.json")).ExitCode, Is.EqualTo(1), wrong);
        }
    }

    [Test]
    public void ShouldDescribeTheLibraryBesideIt()
    {
        Assert.That(Hash(Own), Is.EqualTo(("SHA-256", Digits(Path.Combine(Release.Folder, "libomezarr_native.so")))));
        var inside = File.ReadAllText(Path.Combine(Release.Folder, "sbom.cdx.json"));
        Assert.That(File.ReadAllText(Release.BillOfMaterials), Is.EqualTo(inside));
    }

    [Test]
    public void ShouldDescribeTheProgramBesideTheLibrary()
    {
        Assert.That(Program.GetProperty("type").GetString(), Is.EqualTo("application"));
        Assert.That(Hash(Program), Is.EqualTo(("SHA-256", Digits(Path.Combine(Release.Folder, "bin", "omezarr")))));
        var version = Own.GetProperty("version").GetString();
        Assert.That(Program.GetProperty("version").GetString(), Is.EqualTo(version));
        Assert.That(Tool.Run(Path.Combine(Release.Folder, "bin", "omezarr"), "--version").ShouldSucceed().Output,
            Is.EqualTo($"omezarr {version}\n"));
    }

    [Test]
    public void ShouldNameThePackagesThatTheProgramIsMadeOf()
    {
        var packages = DependsOn(Program).Where(part => part.StartsWith("pkg:nuget/", StringComparison.Ordinal))
            .Select(purl => purl["pkg:nuget".Length..].Replace('@', '/').ToLowerInvariant()).ToArray();
        string[] given = [.. new[] { "compiler", "framework", "assembly" }.SelectMany(PackageTests.PathsOfTheProgram)
            .Select(path => path.ToLowerInvariant())];
        Assert.That(packages.Where(package => !given.Any(path => path.Contains(package, StringComparison.Ordinal))), Is.Empty);
        foreach (var part in new[] { "/system.commandline/", "/spectre.console/", "/bitmiracle.libtiff.net/" })
            Assert.That(packages.Count(package => package.StartsWith(part, StringComparison.Ordinal)), Is.EqualTo(1), part);
        Assert.That(DependsOn(Own).Where(part => part.Contains("System.CommandLine", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("zstd")]
    [TestCase("lz4")]
    public void ShouldNameTheCodecThatWasLinked(string codec)
    {
        if (!Linked(codec).Any())
            Assert.Ignore("this library has the managed codecs");
        var library = Linked(codec).Single();
        var component = Required().Single(component => component.GetProperty("name").GetString() == codec);
        Assert.That(Hash(component), Is.EqualTo(("SHA-256", Digits(library))));
        // The library knows its version.
        var version = component.GetProperty("version").GetString()!;
        Tool.Run("grep", "--text", "--quiet", "--fixed-strings", version, library).ShouldSucceed();
    }

    [Test]
    public void ShouldNameThePackagesThatWereLinked()
    {
        // As folders of the NuGet cache have them: pkg:nuget/Name@1.2.3 lies in name/1.2.3.
        var packages = Required().Select(component => component.GetProperty("purl").GetString()!)
            .Where(purl => purl.StartsWith("pkg:nuget/", StringComparison.Ordinal))
            .Select(purl => purl["pkg:nuget".Length..].Replace('@', '/').ToLowerInvariant()).ToArray();
        var folders = Linked("compiler").Concat(Linked("framework")).Select(path => path.ToLowerInvariant()).ToArray();
        var assemblies = Linked("assembly").Select(path => path.ToLowerInvariant());
        Assert.That(folders, Has.Length.EqualTo(2));
        string[] given = [.. folders, .. assemblies];
        Assert.That(packages.Where(package => !given.Any(path => path.Contains(package, StringComparison.Ordinal))), Is.Empty);
        Assert.That(folders.Where(folder => !packages.Any(package => folder.Contains(package, StringComparison.Ordinal))),
            Is.Empty);
    }

    [Test]
    public void ShouldNameEveryLibraryThatTheLinkerWasGiven()
    {
        var named = Required().SelectMany(component => component.GetProperty("properties").EnumerateArray())
            .Where(property => property.GetProperty("name").GetString() == "omezarr-native:static-library")
            .Select(property => property.GetProperty("value").GetString());
        Assert.That(named, Is.EquivalentTo(Linked("library").Select(Path.GetFileName)));
    }

    [Test]
    public void ShouldSayWhatTheLibraryStandsOn()
    {
        Assert.That(DependsOn(Own), Is.Unique.And.Not.Empty);
        var named = Components.Select(part => part.GetProperty("bom-ref").GetString()).ToArray();
        Assert.That(DependsOn(Own).Union(DependsOn(Program)), Is.SubsetOf(named));
        Assert.That(Components.Where(IsRequired).Select(part => part.GetProperty("bom-ref").GetString()),
            Is.EquivalentTo(DependsOn(Own).Union(DependsOn(Program))), "nothing is called required that nothing stands on");
    }

    private static string Validator => Path.Combine(Repository.Root, "tests", "ConformanceTests", "readers", "validate_sbom.mjs");

    private static JsonElement Program =>
        Components.Single(component => component.GetProperty("name").GetString() == "omezarr");

    // Of the library.
    private static IEnumerable<JsonElement> Required()
    {
        var references = DependsOn(Own);
        return Components.Where(component => references.Contains(component.GetProperty("bom-ref").GetString()!));
    }

    private static bool IsRequired(JsonElement component) =>
        component.TryGetProperty("scope", out var scope) && scope.GetString() == "required";

    private static string[] DependsOn(JsonElement component)
    {
        var reference = component.GetProperty("bom-ref").GetString();
        var entry = Release.ReadBill().GetProperty("dependencies").EnumerateArray()
            .Single(entry => entry.GetProperty("ref").GetString() == reference);
        return [.. entry.GetProperty("dependsOn").EnumerateArray().Select(on => on.GetString()!)];
    }

    private static IEnumerable<string> Linked(string kind) => PackageTests.PathsOf(kind);

    private static (string, string) Hash(JsonElement component)
    {
        var hash = component.GetProperty("hashes").EnumerateArray().Single();
        return (hash.GetProperty("alg").GetString()!, hash.GetProperty("content").GetString()!);
    }

    private static string Digits(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
