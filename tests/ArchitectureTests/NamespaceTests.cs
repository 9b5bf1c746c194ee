using System.Text.RegularExpressions;

namespace OmeZarr.ArchitectureTests;

/// <summary>
/// Rooms are namespaces as well as projects: none knows itself by way of others, and a folder's name says what is in it.
/// </summary>
internal sealed partial class NamespaceTests
{
    // The way of a frame: each may know those that come after it, and nothing before.
    private static readonly string[] Way =
    [
        "OmeZarr.Streaming", "OmeZarr.Streaming.Workers", "OmeZarr.Streaming.Intake", "OmeZarr.Streaming.Pyramid",
        "OmeZarr.Streaming.Chunking", "OmeZarr.Streaming.Encoders", "OmeZarr.Streaming.Output",
    ];

    private static readonly NamespaceGraph Graph = NamespaceGraph.OfTheProduct();

    [Test]
    public void ShouldNotKnowThemselvesByWayOfOthers()
    {
        var circle = Graph.FindCircle();
        Assert.That(circle, Is.Null, () => $"{string.Join(" -> ", circle!)}: {string.Join(
            ", ", circle!.Zip(circle!.Skip(1)).Select(arrow => Graph.Arrows[(arrow.First, arrow.Second)]))}");
    }

    [Test]
    public void ShouldKnowOnlyWhatComesAfterThemOnTheWayOfAFrame()
    {
        var back = Graph.Arrows
            .Where(arrow => Array.IndexOf(Way, arrow.Key.To) is var to and >= 0 && to < Array.IndexOf(Way, arrow.Key.From))
            .Select(arrow => $"{arrow.Key.From} -> {arrow.Key.To} ({arrow.Value})");
        Assert.That(back, Is.Empty);
        // Or the list names what is no more.
        Assert.That(Graph.Arrows.Keys.SelectMany(arrow => new[] { arrow.From, arrow.To }), Is.SupersetOf(Way));
    }

    [Test]
    public void ShouldBeNamedAsTheirFolders()
    {
        var src = Path.Join(ProjectFile.Root, "src");
        var elsewhere = SourceFiles.Below("src")
            .Select(file => (File: file, Folder: Path.GetRelativePath(src, Path.GetDirectoryName(file)!)))
            .Where(file => file.Folder != ".")
            .Where(file => Declaration().Match(File.ReadAllText(file.File)) is { Success: true } found
                && found.Groups[1].Value != file.Folder.Replace(Path.DirectorySeparatorChar, '.'))
            .Select(file => Path.GetRelativePath(src, file.File));
        Assert.That(elsewhere, Is.Empty);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
