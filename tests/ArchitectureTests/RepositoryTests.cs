using System.Xml.Linq;

namespace OmeZarr.ArchitectureTests;

/// <summary>The repository stands alone, and every project is built with all others.</summary>
internal sealed class RepositoryTests
{
    [Test]
    public void ShouldHaveEveryProjectInTheSolution()
    {
        var solution = File.ReadAllText(Path.Join(ProjectFile.Root, "OmeZarrNative.sln"));
        string[] missing =
        [
            .. ProjectFile.Rooms.Concat(ProjectFile.Tests)
                .Select(project => project.Name)
                .Where(name => !solution.Contains($"\\{name}.csproj\"", StringComparison.Ordinal)),
        ];
        Assert.That(missing, Is.Empty, "projects that the solution lacks");
    }

    [Test]
    public void ShouldHaveATestProjectForEachRoom()
    {
        // The exports are tested through the published library.
        string[] rooms = [.. ProjectFile.Rooms.Select(room => room.Name).Except(["OmeZarrNative", "OmeZarr.Cli"])];
        Assert.That(ProjectFile.Tests.Select(project => project.Name), Is.SupersetOf(rooms.Select(room => $"{room}.Tests")));
    }

    [Test]
    public void ShouldPinNpmPackagesWithoutNamingAServer()
    {
        var lockFile = File.ReadAllText(Path.Join(ProjectFile.Root, "tests", "ConformanceTests", "readers", "package-lock.json"));
        Assert.That(lockFile, Does.Contain("\"integrity\""));
        Assert.That(lockFile, Does.Not.Contain("\"resolved\""),
            "names servers; npm install --omit-lockfile-registry-resolved=true leaves it out");
    }

    [Test]
    public void ShouldHaveOneVersion()
    {
        var properties = XDocument.Load(Path.Join(ProjectFile.Root, "Directory.Build.props"));
        var version = properties.Descendants("Version").Single().Value;
        var python = File.ReadAllText(Path.Join(ProjectFile.Root, "hosts", "python", "pyproject.toml"));
        Assert.That(python, Does.Contain($"\nversion = \"{version}\"\n"));
        var others = ProjectFile.Rooms.Concat(ProjectFile.Tests).Select(project => project.FullPath);
        Assert.That(others.Where(file => XDocument.Load(file).Descendants("Version").Any()), Is.Empty, "versions of their own");
    }

    [Test]
    public void ShouldTellItsChangesAsKeepAChangelogAsks()
    {
        var lines = File.ReadAllLines(Path.Join(ProjectFile.Root, "CHANGELOG.md"));
        string[] sections = [.. lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal))];
        Assert.That(sections, Is.Not.Empty);
        Assert.That(sections[0], Is.EqualTo("## [Unreleased]"));
        Assert.That(sections[1..], Has.All.Match(@"^## \[\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\] - \d{4}-\d{2}-\d{2}$"));
        string[] kinds = ["### Added", "### Changed", "### Deprecated", "### Removed", "### Fixed", "### Security"];
        Assert.That(lines.Where(line => line.StartsWith("### ", StringComparison.Ordinal)), Is.SubsetOf(kinds));
    }
}
