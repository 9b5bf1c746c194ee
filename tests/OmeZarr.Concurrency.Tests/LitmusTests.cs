using System.Text.RegularExpressions;
using OmeZarr.Defects;

namespace OmeZarr.Concurrency.Tests;

/// <summary>Runs the litmus program, which must find nothing, and its control, of which it must catch every defect.</summary>
public sealed partial class LitmusTests
{
    private const int NothingFound = 0;
    private const int Found = 1;
    private const int WrongArguments = 2;

    // What does not hang moves within minutes even on a crowded machine; a defect that hangs is not waited for so long.
    private const string Patience = "300";
    private const string ControlPatience = "5";

    // A defect is missed by so many operations only if the check is blind; the first few hundred find it on an idle machine.
    private const string ControlRounds = "5000000";

    private static readonly string[] Scenarios = ["slots", "queue", "ring", "release", "work"];

    private static readonly string[] Defects =
        [.. DefectList.All.Where(defect => defect.Finder.HasFlag(Finder.Stress)).Select(defect => defect.Name)];

    [TestCase("slots,queue", "400000")]
    [TestCase("ring,release,work", "40000")]
    public void ShouldFindNothingInTheLibrary(string scenarios, string rounds)
    {
        var (exitCode, output) = ChildProgram.Run("Litmus", "--only", scenarios, "--rounds", rounds, "--patience", Patience);
        Assert.That(exitCode, Is.EqualTo(NothingFound), output);
        Assert.That(NothingFoundIn().Matches(output).Select(match => match.Groups[1].Value), Is.EqualTo(scenarios.Split(',')));
    }

    [Test]
    public void ShouldFindNothingInTheControlWithoutADefectHoweverOftenItsPartsAreInterrupted()
    {
        var (exitCode, output) = ChildProgram.Run("Litmus.Control", "--rounds", "30000", "--patience", Patience);
        Assert.That(exitCode, Is.EqualTo(NothingFound), output);
        Assert.That(NothingFoundIn().Matches(output).Select(match => match.Groups[1].Value), Is.EqualTo(Scenarios));
    }

    [TestCaseSource(nameof(Defects))]
    public void ShouldCatchEachDefectOfTheControl(string defect)
    {
        var (exitCode, output) =
            ChildProgram.Run("Litmus.Control", "--defect", defect, "--rounds", ControlRounds, "--patience", ControlPatience);
        Assert.That(exitCode, Is.EqualTo(Found), output);
        Assert.That(output, Does.Contain("violations, the first: "));
    }

    [Test]
    public void ShouldKnowEveryDefectThatTheControlHas()
    {
        var (exitCode, output) = ChildProgram.Run("Litmus.Control", "--help");
        Assert.That(exitCode, Is.EqualTo(NothingFound));
        var listed = output[output.IndexOf("--defect NAME", StringComparison.Ordinal)..].Split('\n').Skip(2);
        Assert.That(listed.Select(line => line.Trim().Split(' ')[0]).Where(name => name.Length > 0), Is.EqualTo(Defects));
    }

    [TestCase("Litmus", "--rounds", "0")]
    [TestCase("Litmus", "--threads", "many")]
    [TestCase("Litmus", "--only", "slots,coffee")]
    [TestCase("Litmus", "--patience")]
    [TestCase("Litmus", "--defect", "untagged-slots")]
    [TestCase("Litmus.Control", "--defect", "coffee")]
    public void ShouldRefuseWrongArguments(string program, params string[] arguments)
    {
        var (exitCode, output) = ChildProgram.Run(program, arguments);
        Assert.That(exitCode, Is.EqualTo(WrongArguments));
        Assert.That(output, Does.Contain(arguments[^1].Split(',')[^1]));
    }

    [GeneratedRegex("^(\\w+): [1-9][0-9]* operations .*: nothing found\\r?$", RegexOptions.Multiline)]
    private static partial Regex NothingFoundIn();
}
