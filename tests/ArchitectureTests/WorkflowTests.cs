using System.Text.RegularExpressions;

namespace OmeZarr.ArchitectureTests;

/// <summary>
/// What runs on others' machines in this project's name: nothing that can be changed behind its back, and no right without need.
/// </summary>
internal sealed partial class WorkflowTests
{
    private static IEnumerable<string> Workflows =>
        Directory.EnumerateFiles(Path.Join(ProjectFile.Root, ".github", "workflows"), "*.yml");

    [TestCaseSource(nameof(Workflows))]
    public void ShouldPinEveryActionByItsCommit(string workflow)
    {
        string[] uses = [.. File.ReadLines(workflow).Where(line => line.Contains("uses:", StringComparison.Ordinal))];
        Assert.That(uses, Is.Not.Empty);
        Assert.That(uses.Where(line => !PinnedAction().IsMatch(line)), Is.Empty, "not pinned, or without its version");
        string[] pins = [.. uses.Select(line => line[(line.IndexOf("uses:", StringComparison.Ordinal) + 5)..].Trim())];
        Assert.That(pins.Distinct().Select(pin => pin.Split('@')[0]), Is.Unique, "two versions of one action");
    }

    [TestCaseSource(nameof(Workflows))]
    public void ShouldOnlyReadUnlessAJobSaysWhatItWrites(string workflow)
    {
        var text = File.ReadAllText(workflow);
        Assert.That(text, Does.Contain("\npermissions:\n  contents: read\n"));
        string[] writes = [.. text.Split('\n').Where(line => line.Contains(": write", StringComparison.Ordinal))];
        Assert.That(writes, Has.All.StartsWith("      ").And.All.Contains(" # "), "in one job, and with the reason");
    }

    [TestCaseSource(nameof(Workflows))]
    public void ShouldRestoreWhatTheLockFilesNameAndKeepNoCredentials(string workflow)
    {
        var text = File.ReadAllText(workflow);
        var checkouts = Regex.Count(text, "uses: actions/checkout@");
        Assert.That(Regex.Count(text, "persist-credentials: false"), Is.EqualTo(checkouts));
        Assert.That(Regex.Count(text, "dotnet restore .* --locked-mode"), Is.EqualTo(checkouts));
        // A value put into a script's text by the workflow could be a command.
        var values = text.Split('\n').Where(line => line.Contains("${{", StringComparison.Ordinal));
        Assert.That(values.Where(line => !PlainValue().IsMatch(line)), Is.Empty, "in a script");
    }

    [GeneratedRegex(@"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")]
    private static partial Regex PinnedAction();

    [GeneratedRegex(@"^ +(?!run:)[\w-]+: .*\$\{\{")]
    private static partial Regex PlainValue();
}
