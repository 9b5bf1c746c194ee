using System.Text.RegularExpressions;

namespace OmeZarr.ArchitectureTests;

/// <summary>Lines end where .editorconfig says, in code and in documents.</summary>
internal sealed partial class LineTests
{
    private static readonly int Longest = int.Parse(
        MaxLineLength().Match(File.ReadAllText(Path.Join(ProjectFile.Root, ".editorconfig"))).Groups[1].ValueSpan,
        System.Globalization.CultureInfo.InvariantCulture);

    [TestCase("src")]
    [TestCase("tests")]
    public void ShouldEndInTimeInCode(string folder) =>
        Assert.That(SourceFiles.Below(folder).SelectMany(file => TooLong(file, OutsideOfRawStrings(File.ReadAllLines(file)))),
            Is.Empty);

    [TestCase("docs")]
    [TestCase("hosts")]
    [TestCase(".")]
    public void ShouldEndInTimeInDocuments(string folder)
    {
        var files = folder == "." ? Directory.GetFiles(ProjectFile.Root, "*.md") : SourceFiles.Below(folder, "*.md");
        Assert.That(files.SelectMany(file => TooLong(file, OutsideOfTables(File.ReadAllLines(file)))), Is.Empty);
    }

    private static IEnumerable<string> TooLong(string file, IEnumerable<(int Number, string Text)> lines) => lines
        .Where(line => line.Text.Length > Longest)
        .Select(line => $"{Path.GetRelativePath(ProjectFile.Root, file)}:{line.Number} has {line.Text.Length} characters");

    // What stands in raw strings is data.
    private static IEnumerable<(int Number, string Text)> OutsideOfRawStrings(string[] lines)
    {
        var isInside = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var marks = RawString().Count(lines[i]);
            if (!isInside && marks == 0)
                yield return (i + 1, lines[i]);
            isInside ^= marks % 2 == 1;
        }
    }

    // A row of a table is one line in Markdown, a link or an image cannot be broken, and what is in a fence is shown as it is.
    private static IEnumerable<(int Number, string Text)> OutsideOfTables(string[] lines)
    {
        var isInFence = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var text = lines[i].TrimStart();
            isInFence ^= text.StartsWith("```", StringComparison.Ordinal);
            if (!isInFence && text.Length > 0 && text[0] is not ('|' or '[' or '!' or '<'))
                yield return (i + 1, lines[i]);
        }
    }

    [GeneratedRegex(@"max_line_length = (\d+)")]
    private static partial Regex MaxLineLength();

    [GeneratedRegex("\"\"\"")]
    private static partial Regex RawString();
}
