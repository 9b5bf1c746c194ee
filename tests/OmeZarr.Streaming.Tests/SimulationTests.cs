using System.Text.RegularExpressions;
using OmeZarr.Concurrency.Tests;
using OmeZarr.Defects;

namespace OmeZarr.Streaming.Tests;

/// <summary>
/// Runs the simulation with a fixed budget of seeds: it must find nothing in the library, and every defect that is put in.
/// </summary>
public sealed partial class SimulationTests
{
    private const int NothingFound = 0;
    private const int Found = 1;
    private const int WrongArguments = 2;

    /// <summary>Seeds within which each defect is found; the same ones each time, so that it is no matter of luck.</summary>
    private const string SeedsOfADefect = "3000";

    private static readonly string[] Defects = [.. DefectList.All.Select(defect => defect.Name)];

    [TestCase("acquisition", "800")]
    [TestCase("parts", "1500")]
    public void ShouldFindNothingInTheLibrary(string plays, string seeds)
    {
        var (exitCode, output) = ChildProgram.Run("Simulation", "--play", plays, "--seeds", seeds, "--jobs", "2");
        Assert.That(exitCode, Is.EqualTo(NothingFound), output);
        Assert.That(output, Does.StartWith($"{seeds} runs ").And.Contain(": nothing found"));
    }

    [TestCaseSource(nameof(Defects))]
    public void ShouldFindEachDefect(string defect)
    {
        var (exitCode, output) = ChildProgram.Run("Simulation", "--defect", defect, "--seeds", SeedsOfADefect);
        Assert.That(exitCode, Is.EqualTo(Found), output);
        Assert.That(output, Does.Contain($"--defect {defect}"), "it says how to see it again");
    }

    [TestCase("acquisition")]
    [TestCase("parts")]
    public void ShouldPlayTheSameRunAgainFromItsSeed(string plays)
    {
        var together = Enumerable.Range(0, 3).Select(_ => Fingerprint("--play", plays, "--seeds", "30", "--first", "7"))
            .Distinct().ToArray();
        Assert.That(together, Has.Length.EqualTo(1));
        var alone = Enumerable.Range(7, 2).Select(seed => Fingerprint("--play", plays, "--seed", $"{seed}")).ToArray();
        Assert.That(unchecked(alone[0] + alone[1]), Is.EqualTo(Fingerprint("--play", plays, "--seeds", "2", "--first", "7")),
            "also when others were played before");
        Assert.That(alone[0], Is.Not.EqualTo(alone[1]));
    }

    [Test]
    public void ShouldFindADefectWithTheSameSeedAgain()
    {
        var (_, output) = ChildProgram.Run("Simulation", "--defect", "deaf-poll", "--seeds", SeedsOfADefect);
        var (exitCode, again) = ChildProgram.Run("Simulation", ReplayArguments().Match(output).Groups[1].Value.Split(' '));
        Assert.That(exitCode, Is.EqualTo(Found), again);
        Assert.That(again, Does.Contain("VIOLATION"));
    }

    [Test]
    public void ShouldNameEveryDefectInItsHelp()
    {
        var (exitCode, output) = ChildProgram.Run("Simulation", "--help");
        Assert.That(exitCode, Is.EqualTo(NothingFound));
        Assert.That(Defects.Where(defect => !output.Contains($" {defect} ", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("--seeds")]
    [TestCase("--seeds", "many")]
    [TestCase("--play", "coffee")]
    [TestCase("--only", "coffee")]
    [TestCase("--defect", "coffee")]
    [TestCase("coffee")]
    public void ShouldRefuseWrongArguments(params string[] arguments)
    {
        var (exitCode, output) = ChildProgram.Run("Simulation", arguments);
        Assert.That(exitCode, Is.EqualTo(WrongArguments));
        Assert.That(output, Does.StartWith(arguments[^1]).Or.Contain(arguments[^1]));
    }

    [Test]
    public void ShouldNotBuildWithADefectWhoseOriginalIsNotThereExactlyOnce()
    {
        var sources = Directory.CreateTempSubdirectory("defects");
        try
        {
            foreach (var file in DefectList.All.SelectMany(defect => defect.Edits).Concat(SmallSizes.All)
                .Select(edit => edit.File).Distinct())
            {
                var copy = Path.Join(sources.FullName, "src", file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Join(ChildProgram.Root, "src", file), copy);
            }

            string[] arguments = [Path.Join(sources.FullName, "src"), Path.Join(sources.FullName, "edited")];
            Assert.That(ChildProgram.Run("Defects", arguments).ExitCode, Is.Zero);
            var changed = DefectList.All[0].Edits[0];
            File.AppendAllText(Path.Join(sources.FullName, "src", changed.File), $"\n{changed.Original}\n");
            var (exitCode, output) = ChildProgram.Run("Defects", arguments);
            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(output, Does.Contain(DefectList.All[0].Name).And.Contain("2 times"));
        }
        finally
        {
            sources.Delete(recursive: true);
        }
    }

    private static ulong Fingerprint(params string[] arguments)
    {
        var (_, output) = ChildProgram.Run("Simulation", [.. arguments, "--keep-going"]);
        return Convert.ToUInt64(FingerprintIn().Match(output).Groups[1].Value, 16);
    }

    [GeneratedRegex("fingerprint ([0-9a-f]{16})")]
    private static partial Regex FingerprintIn();

    [GeneratedRegex("^replay: .* -- (.*)$", RegexOptions.Multiline)]
    private static partial Regex ReplayArguments();
}
