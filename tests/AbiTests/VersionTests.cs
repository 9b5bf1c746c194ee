using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AbiTests;

/// <summary>The library tells which version it is, and which commit it was built from.</summary>
public sealed partial class VersionTests
{
    private static readonly string[] Program = [Path.Combine(Repository.Native, "version.c")];

    private static string Version { get; } =
        XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    [Test]
    public void TheLibraryShouldTellItsVersionAndItsCommit()
    {
        var told = Tool.Run(Compiler.Build("c99", Program)).ShouldSucceed().Output.TrimEnd();
        Assert.That(told, Does.Match(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\+([0-9a-f]{12}(\.modified)?|unknown)$"));
        Assert.That(told, Does.StartWith($"{Version}+"));
        var bill = Release.ReadBill().GetProperty("metadata").GetProperty("component").GetProperty("version").GetString();
        Assert.That(told, Is.EqualTo(bill), "what the library says, and what its package says");
    }

    [Test]
    public void ABuildFromASourceArchiveShouldKnowItsCommit()
    {
        using var scratch = UnpackedSource(out var commit);
        Assert.That(RunVersion(scratch).ShouldSucceed().Output, Does.Contain($"{Version}+{commit[..12]} of "));
    }

    [Test]
    public void ABuildFromFilesAloneShouldSayThatTheCommitIsUnknownAndBeNoRelease()
    {
        using var scratch = UnpackedSource(out _);
        File.WriteAllText(scratch.Path("build", "source-commit.txt"), "$Format:%H %ct$\n");
        var result = RunVersion(scratch, "--tag=v99.0.0");
        Assert.That(result.Output, Does.Contain($"{Version}+unknown of "));
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Output, Does.Contain("Nothing tells which commit this is."));
        Assert.That(result.Output, Does.Contain($"The version in Directory.Build.props is {Version}."));
    }

    private static ToolResult RunVersion(Scratch source, params IEnumerable<string> options)
    {
        var result = Tool.Run("bash", [source.Path("build.sh"), "Version", .. options], source.Folder, ("SOURCE_DATE_EPOCH", ""));
        return result with { Output = Colour().Replace(result.Output, "") };
    }

    /// <summary>What the build needs to tell its version, as an archive of the sources has it, without a repository.</summary>
    private static Scratch UnpackedSource(out string commit)
    {
        var head = Tool.Run("git", "-C", Repository.Root, "rev-parse", "HEAD");
        if (head.ExitCode != 0)
            Assert.Ignore("these are sources without a repository");
        commit = head.Output.Trim();
        Scratch scratch = new();
        const string files = "build build.cake build.sh .config global.json Directory.Build.props CHANGELOG.md";
        var command = $"git -C '{Repository.Root}' archive HEAD {files} | tar --extract --directory '{scratch.Folder}'";
        Tool.Run("bash", "-c", command).ShouldSucceed();
        return scratch;
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colour();
}
