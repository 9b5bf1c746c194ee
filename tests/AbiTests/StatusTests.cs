using System.Globalization;

namespace AbiTests;

/// <summary>The numbers of the header are the numbers of the library.</summary>
public sealed class StatusTests
{
    private static readonly Lazy<IReadOnlyDictionary<int, string>> Names = new(NamesByTheLibrary);

    [Test]
    public void TheLibraryShouldNameEveryStatusOfTheHeader()
    {
        var expected = HeaderText.StatusCodes.Select(code => $"{code.Value} {code.Key}").Order(StringComparer.Ordinal);
        var given = HeaderText.StatusCodes.Values.Select(value => $"{value} {Names.Value[value]}").Order(StringComparer.Ordinal);
        Assert.That(given, Is.EqualTo(expected));
    }

    [Test]
    public void TheLibraryShouldNameNoStatusThatTheHeaderDoesNotHave()
    {
        var others = Names.Value.Where(pair => !HeaderText.StatusCodes.Values.Contains(pair.Key)).Select(pair => pair.Value);
        Assert.That(others, Is.Not.Empty.And.All.EqualTo("OMZ_E_UNKNOWN"));
    }

    [Test]
    public void StatusNumbersShouldBeUniqueAndWithoutGaps()
    {
        var errors = HeaderText.StatusCodes.Values.Where(value => value <= 0).Order();
        Assert.That(errors, Is.EqualTo(Enumerable.Range(0, errors.Count()).Select(i => -i).Order()));
    }

    private static Dictionary<int, string> NamesByTheLibrary()
    {
        var program = Compiler.Build("c99", [Path.Combine(Repository.Native, "statuses.c")]);
        var lines = Tool.Run(program).ShouldSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => line.Split(' ')).ToDictionary(
            words => int.Parse(words[0], CultureInfo.InvariantCulture), words => words[1]);
    }
}
