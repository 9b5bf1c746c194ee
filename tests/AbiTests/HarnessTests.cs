using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>
/// Starts the kill and the fault harness (tests/Kill, tests/Faults) for as long as a test may take. Any number of rounds and
/// all faults: by hand, see their --help.
/// </summary>
public sealed partial class HarnessTests
{
    private static string KnownProblems => Path.Combine(Repository.Root, "tests", "Harness", "known-problems.txt");

    [Test]
    public void ShouldKeepWhatWasPromisedWhenHostsAreKilled()
    {
        const int rounds = 100;
        var output = Run("Kill", "--rounds", $"{rounds}", "--seed", "1", "--known", KnownProblems);
        Assert.That(output, Does.Contain($"{rounds} rounds, "));
        Assert.That(Counted(FramesAcknowledged(), output), Is.GreaterThan(rounds), "hosts were killed before they did anything");
    }

    [Test]
    public void ShouldSurviveFaultsOfTheSystemCalls()
    {
        // As many as there is time for: a crowded machine tries fewer.
        var output =
            Run("Faults", "--layouts", "0-9", "--sample", "600", "--seconds", "75", "--jobs", "2", "--known", KnownProblems);
        Assert.That(Counted(FaultsRun(), output), Is.GreaterThan(50));
        Assert.That(output, Does.Contain("error reported").And.Contain("create refused").And.Contain("completed"));
    }

    [Test]
    public void ShouldSurviveFullDisksLimitsAndDatasetsThatAreTakenAway()
    {
        var output = Run("Faults", "--what", "disks", "--known", KnownProblems);
        Assert.That(output, Does.Contain("| file size limit | ").And.Contain("| dataset moved | "));
    }

    /// <summary>Without this nobody would know that the harness can find anything.</summary>
    [TestCase("flip")]
    [TestCase("cut")]
    [TestCase("delete")]
    public void ShouldNoticeDamage(string damage)
    {
        var result =
            Tool.Run("dotnet", [Built("Kill"), "--rounds", "8", "--mode", "instants", "--seed", "1", "--damage", damage]);
        Assert.That(result.ExitCode, Is.EqualTo(1), result.Output);
        Assert.That(result.Output, Does.Match("(torn|unreadable|lost|shape): "));
    }

    [TestCase("Kill", "--rounds", "many")]
    [TestCase("Kill", "--mode", "coffee")]
    [TestCase("Faults", "--case", "coffee")]
    [TestCase("Faults", "--coffee", "1")]
    public void ShouldRefuseWrongArguments(string program, params string[] arguments)
    {
        var result = Tool.Run("dotnet", [Built(program), .. arguments]);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Output);
        Assert.That(result.Output, Does.Contain(arguments[^1] == "1" ? arguments[0] : arguments[^1]));
    }

    private static string Run(string program, params string[] arguments)
    {
        var result = Tool.Run("dotnet", [Built(program), .. arguments]).ShouldSucceed();
        TestContext.Out.Write(result.Output);
        return result.Output;
    }

    // Beside this project, in the same configuration.
    private static string Built(string program)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "tests", program, "bin", folder.Parent!.Name, folder.Name, $"{program}.dll");
    }

    private static int Counted(Regex what, string output) =>
        int.Parse(what.Match(output).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9]+) runs, ")]
    private static partial Regex FaultsRun();

    [GeneratedRegex("rounds, ([0-9]+) frames acknowledged")]
    private static partial Regex FramesAcknowledged();
}
