namespace OmeZarr.ArchitectureTests;

/// <summary>The repository stands alone, and every project is built with all others.</summary>
internal sealed class RepositoryTests
{
    [Test]
    public void ShouldHaveEveryProjectInTheSolution()
    {
        string solution = File.ReadAllText(Path.Join(ProjectFile.Root, "OmeZarrNative.sln"));
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
        string lockFile = File.ReadAllText(Path.Join(ProjectFile.Root, "tests", "ConformanceTests", "readers", "package-lock.json"));
        Assert.That(lockFile, Does.Contain("\"integrity\""));
        Assert.That(lockFile, Does.Not.Contain("\"resolved\""), "names servers; npm install --omit-lockfile-registry-resolved=true leaves it out");
    }
}
