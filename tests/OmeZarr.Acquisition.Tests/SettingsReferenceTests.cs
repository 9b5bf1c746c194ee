using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Documents;

namespace OmeZarr.Acquisition.Tests;

/// <summary>docs/settings.md, the table of keys and the parser say the same.</summary>
public partial class SettingsReferenceTests
{
    private static readonly string Reference = Page("settings.md");

    [Test]
    public void ShouldHaveARowForEveryKeyWithItsDefault()
    {
        var rows = KeyRow().Matches(Reference)
            .Select(row => (row.Groups["key"].Value, row.Groups["default"].Value.Replace("`", "", StringComparison.Ordinal)));
        var keys = SettingsKeys.All.Select(key => (key.Path, key.Default));
        Assert.That(rows, Is.EqualTo(keys));
    }

    [TestCaseSource(nameof(Keys))]
    public void ShouldReadEveryKey(string key)
    {
        var (sample, parent) = Parent(key);
        var name = key[(key.LastIndexOf('.') + 1)..];
        var document = JsonNode.Parse(Samples.Everything[sample])!;
        var at = document;
        foreach (var step in parent)
            at = step is int index ? at[index]! : at[(string)step] ??= new JsonObject();
        at[name] = name == "credentials" ? 5 : new JsonObject { ["nonsense"] = 0 };
        var path = string.Concat(parent.Append(name).Select(step => step is int ? $"[{step}]" : $".{step}"))[1..];
        Assert.That(Document.Problems(document.ToJsonString()).Select(problem => problem.JsonPath), Has.Some.StartsWith(path));
    }

    [TestCaseSource(nameof(Examples))]
    public void ShouldAcceptTheExamples(string example) =>
        Assert.That(() => Document.Plan(example), Throws.Nothing);

    [TestCase("none", "none")]
    [TestCase("blosc-lz4", """{"name": "blosc", "cname": "lz4", "clevel": 5, "shuffle": "byte"}""")]
    [TestCase("blosc-zstd", """{"name": "blosc", "cname": "zstd", "clevel": 3, "shuffle": "byte"}""")]
    [TestCase("zstd", """{"name": "zstd", "level": 3}""")]
    public void ShouldMeanTheSameByATextAndItsObject(string text, string json)
    {
        json = json == text ? $$"""{"name": "{{text}}"}""" : json;
        Assert.That(Reference, Does.Contain($"| `\"{text}\"` | `{json}` |"));
        Assert.That(
            Document.PlanWith($$"""{"compression": "{{text}}"}""").Arrays[0].Compression,
            Is.EqualTo(Document.PlanWith($$"""{"compression": {{json}} }""").Arrays[0].Compression));
    }

    [Test]
    public void ShouldNameTheReservedNamespaces()
    {
        var names = UserMetadata.ReservedNames.Select(name => $"`{name}`").ToArray();
        Assert.That(Reference.ReplaceLineEndings(" "),
            Does.Contain($"{string.Join(", ", names[..^1])} and {names[^1]} are reserved"));
    }

    private static IEnumerable<string> Keys() => SettingsKeys.All.Select(key => key.Path);

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository(), "docs", name));

    private static IEnumerable<string> Examples() =>
        JsonBlock().Matches(Reference + Page("pyramids.md")).Select(block => block.Groups["json"].Value)
            .Where(json => json.Contains("root_path", StringComparison.Ordinal));

    /// <summary>A sample that has the key's object, and the way there.</summary>
    private static (int Sample, object[] Way) Parent(string key) => key[..(key.LastIndexOf('.') + 1)] switch
    {
        "dimensions[]." => (0, ["dimensions", 0]),
        "channel." => (0, ["dimensions", 1, "coords", 0]),
        "position." => (2, ["dimensions", 0, "coords", 0]),
        "arrays[]." => (4, ["arrays", 1]),
        "plate." => (2, ["plate"]),
        "plate.acquisitions[]." => (3, ["plate", "acquisitions", 0]),
        "store." => (2, ["store"]),
        "store.s3." => (2, ["store", "s3"]),
        "compression." => (key.EndsWith(".level", StringComparison.Ordinal) ? 1 : 0, ["compression"]),
        "omero.channels[]." => (0, ["omero", "channels", 0]),
        "omero.channels[].window." => (0, ["omero", "channels", 0, "window"]),
        "omero.rdefs." => (0, ["omero", "rdefs"]),
        "" => (0, []),
        var prefix => (0, [prefix[..^1]]),
    };

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OmeZarrNative.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no repository above the tests");
    }

    [GeneratedRegex(@"^\| `(?<key>[a-zA-Z0-9_.\[\]]+)` \| [^|]+ \| (?<default>[^|]+) \|.*\|.*\|$", RegexOptions.Multiline)]
    private static partial Regex KeyRow();

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
