using System.Xml.Linq;

namespace OmeZarr.ArchitectureTests;

/// <summary>Every package has a line in docs/dependencies.md that says its version, its licence, and what it is for.</summary>
internal sealed class DependencyTests
{
    private static readonly string[][] Documented =
    [
        .. File.ReadAllLines(Path.Join(ProjectFile.Root, "docs", "dependencies.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)),
    ];

    private static readonly Dictionary<string, string> Versions = XDocument
        .Load(Path.Join(ProjectFile.Root, "Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(element => (string)element.Attribute("Include")!, element => (string)element.Attribute("Version")!);

    private static IEnumerable<string> Packages() =>
        ProjectFile.Rooms.Concat(ProjectFile.Tests).SelectMany(project => project.Packages)
            .Concat(ProjectFile.IncludedIn("src/Library.props", "PackageReference"))
            .Concat(ProjectFile.IncludedIn("tests/Tests.props", "PackageReference"))
            .Concat(Versions.Keys)
            .Distinct();

    [TestCaseSource(nameof(Packages))]
    public void ShouldBeDocumentedWithItsVersionItsLicenceAndItsReason(string package)
    {
        var row = Documented.FirstOrDefault(cells => cells[0] == $"`{package}`");
        Assert.That(row, Is.Not.Null, $"docs/dependencies.md has no line for {package}");
        Assert.That(row, Has.Length.EqualTo(4).And.None.Empty, "dependency, version, licence, why");
        Assert.That(row![1], Is.EqualTo(Versions[package]));
    }

    [Test]
    public void ShouldNotDocumentAPackageThatIsNotUsed()
    {
        // The lines of what is not a NuGet package have no version of Directory.Packages.props to agree with.
        var text = File.ReadAllText(Path.Join(ProjectFile.Root, "docs", "dependencies.md"));
        var packages = text[text.IndexOf("## NuGet packages", StringComparison.Ordinal)..];
        string[] documented = [.. packages.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])];
        Assert.That(documented, Is.EquivalentTo(Versions.Keys));
    }
}
