using System.Globalization;
using System.Text.RegularExpressions;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// Random acquisitions over all settings, as <c>tests/FormatHarness</c> makes them: truth that is computed without the product,
/// and independent readers. Any number by hand: <c>bash tests/FormatHarness/run.sh --count 5000 --seed 1</c>.
/// </summary>
internal sealed partial class RandomAcquisitionsTests
{
    // Of processor time, this program's and its readers'.
    private const string Seconds = "40";

    [Test]
    public void ShouldBeRightInEveryReaderForTheSameAcquisitionsEachTime() => AssertAllRight(60, "--seed", "1");

    [Test]
    public void ShouldBeRightInEveryReaderForAcquisitionsThatNobodyTriedBefore() => AssertAllRight(40, "--seconds", Seconds);

    [Test]
    public void ShouldFindEveryDefectThatIsPlantedInItsDocumentsAndChunks()
    {
        var run = ScriptRun.OfFormatHarness("--plant", "--seed", "1", "--count", "60");
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(run.Lines, Has.Length.GreaterThan(40).And.All.Not.StartsWith("NOT"), run.ToString());
    }

    private static void AssertAllRight(int count, params string[] arguments)
    {
        var run = ScriptRun.OfFormatHarness(["--count", count.ToString(CultureInfo.InvariantCulture), .. arguments]);
        TestContext.Out.WriteLine(run.Output);
        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(run.Lines[^1], Does.Match("^[1-9][0-9]* acquisitions, 0 failed$"));

        // Whatever else is missing on a machine, these two are there.
        string[] readers = [.. run.Lines.Select(line => ArraysRead().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];
        Assert.That(readers, Contains.Item("zarr-python").And.Contains("zarrita"));
    }

    [GeneratedRegex(@"^([A-Za-z-]+) [0-9.]+: [1-9][0-9]* arrays,")]
    private static partial Regex ArraysRead();
}
