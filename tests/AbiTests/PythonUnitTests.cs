using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>What the unit tests of the Python package told.</summary>
internal static partial class PythonUnitTests
{
    /// <summary>They ran and passed. Left out, by name, are only those that need another package.</summary>
    /// <param name="output">Of <c>python -m unittest -v</c>.</param>
    public static void ShouldHavePassed(string output)
    {
        Assert.That(output, Does.Match(@"Ran \d\d+ tests").And.Contain("OK"));
        var reasons = Skipped().Matches(output).Select(skipped => skipped.Groups[1].Value).ToArray();
        Assert.That(reasons, Is.All.Matches("^(ome-writers|useq-schema|pymmcore-plus) is not installed$"), "skipped");
        var told = SkippedTests().Match(output);
        Assert.That(reasons, Has.Length.EqualTo(told.Success ? int.Parse(told.Groups[1].Value) : 0), "skipped without a reason");
    }

    [GeneratedRegex(@"\.\.\. skipped ['""](.*)['""]")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"skipped=(\d+)")]
    private static partial Regex SkippedTests();
}
