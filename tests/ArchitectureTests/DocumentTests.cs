using System.Text.RegularExpressions;

namespace OmeZarr.ArchitectureTests;

/// <summary>Documents lead to where they say.</summary>
internal sealed partial class DocumentTests
{
    private static IEnumerable<string> Documents => Directory.EnumerateFiles(ProjectFile.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Join(ProjectFile.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Path.Join(ProjectFile.Root, "hosts"), "*.md", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(ProjectFile.Root, file));

    [TestCaseSource(nameof(Documents))]
    public void ShouldLinkToWhatIsThere(string document)
    {
        var path = Path.Join(ProjectFile.Root, document);
        var links = Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value);
        Assert.That(links.Where(link => !link.Contains("://", StringComparison.Ordinal) && !Leads(path, link)), Is.Empty);
    }

    [Test]
    public void ShouldNoticeALinkThatLeadsNowhere()
    {
        var readme = Path.Join(ProjectFile.Root, "README.md");
        Assert.That(Leads(readme, "docs/settings.md"));
        Assert.That(Leads(readme, "docs/no-such-page.md"), Is.False);
        Assert.That(Leads(readme, "README.md#building"));
        Assert.That(Leads(readme, "#no-such-heading"), Is.False);
    }

    private static bool Leads(string from, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0] == "" ? from : Path.GetFullPath(Path.Join(Path.GetDirectoryName(from), parts[0]));
        if (parts.Length == 1)
            return Path.Exists(target);
        return File.Exists(target) && File.ReadLines(target).Any(line => line.StartsWith('#') && Anchor(line) == parts[1]);
    }

    /// <summary>A heading's anchor, as the hosting sites make it.</summary>
    private static string Anchor(string heading) =>
        NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
