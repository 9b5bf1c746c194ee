using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Settings;
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
        var wrong = key.EndsWith("credentials", StringComparison.Ordinal) ? 5 : (JsonNode)new JsonObject { ["nonsense"] = 0 };
        Assert.That(ProblemsAt(key, wrong), Is.Not.Empty);
    }

    [TestCaseSource(nameof(Ranges))]
    public void ShouldRefuseOneBelowAndOneAboveEveryRange(string key, long least, long most)
    {
        foreach (var wrong in new[] { least - 1, most + 1 })
        {
            Assert.That(ProblemsAt(key, wrong).Select(problem => problem.Message),
                Has.Some.Contains($"is `{wrong}`; must be").And.Some.Contains($"{least:N0} to {most:N0}"));
        }

        // Others of its rules may speak against them, but not the range.
        foreach (var right in new[] { least, most })
            Assert.That(ProblemsAt(key, right).Select(problem => problem.Message), Has.None.Contains($"is `{right}`; must be"));
    }

    [TestCase("""{"arrays": ARRAYS }""", 64, "arrays: has 65 elements; 1 to 64 are possible")]
    [TestCase("""{"dimensions": [{"name": "NAME"}, {"name": "y", "count": 4}, {"name": "x", "count": 4}]}""", 200,
        "must be at most 200 bytes long in UTF-8")]
    [TestCase("""{"pyramid": {"factors": {"y": COUNT}}}""", 64, "is `65`; must be a whole number from 1 to 64")]
    [TestCase("""{"compression": {"name": "zstd", "level": COUNT}}""", 22, "is `23`; must be a whole number from -7 to 22")]
    [TestCase("""{"compression": {"name": "gzip", "level": COUNT}}""", 9, "is `10`; must be a whole number from 0 to 9")]
    [TestCase("""{"dimensions": [{"name": "p", "count": COUNT}, {"name": "y", "count": 4}, {"name": "x", "count": 4}]}""",
        100_000, "100,000")]
    public void ShouldRefuseOneMoreThanEveryOtherLimit(string members, int limit, string message)
    {
        Assert.That(() => Document.Plan(WithAsMany(limit)), Throws.Nothing);
        Assert.That(Document.Problem(WithAsMany(limit + 1)), Does.Contain(message));

        string WithAsMany(int count)
        {
            var arrays = string.Join(", ", Enumerable.Range(0, count).Select(i => $$"""
                {"key": "a{{i}}", "dtype": "uint8", "dimensions": [{"name": "y", "count": 4}, {"name": "x", "count": 4}]}
                """));
            var document = JsonNode.Parse(Document.With(members.Replace("ARRAYS", $"[{arrays}]", StringComparison.Ordinal)
                .Replace("NAME", new string('n', count), StringComparison.Ordinal)
                .Replace("COUNT", $"{count}", StringComparison.Ordinal)))!.AsObject();
            if (document.ContainsKey("arrays"))
            {
                document.Remove("dimensions");
                document.Remove("dtype");
            }

            return document.ToJsonString();
        }
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

    private static IReadOnlyList<SettingsProblem> ProblemsAt(string key, JsonNode value)
    {
        var (sample, parent) = Parent(key);
        var name = key[(key.LastIndexOf('.') + 1)..];
        var document = JsonNode.Parse(Samples.Everything[sample])!;
        var at = document;
        foreach (var step in parent)
            at = step is int index ? at[index]! : at[(string)step] ??= new JsonObject();
        at[name] = value;
        var path = string.Concat(parent.Append(name).Select(step => step is int ? $"[{step}]" : $".{step}"))[1..];
        try
        {
            Document.Plan(document.ToJsonString());
            return [];
        }
        catch (SettingsException refusal)
        {
            return [.. refusal.Problems.Where(problem => problem.JsonPath.StartsWith(path, StringComparison.Ordinal))];
        }
    }

    private static IEnumerable<object[]> Ranges()
    {
        foreach (Match row in KeyRow().Matches(Reference))
        {
            // Of a level, each codec has a range of its own.
            var range = Range().Match(row.Groups["allowed"].Value);
            if (range.Success && row.Groups["type"].Value.Contains("number", StringComparison.Ordinal)
                && row.Groups["key"].Value != "compression.level")
                yield return [row.Groups["key"].Value, Number("least"), Number("most")];

            long Number(string group) => long.Parse(range.Groups[group].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        }
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

    [GeneratedRegex(
        @"^\| `(?<key>[a-zA-Z0-9_.\[\]]+)` \| (?<type>[^|]+) \| (?<default>[^|]+) \|(?<allowed>.*)\|.*\|$",
        RegexOptions.Multiline)]
    private static partial Regex KeyRow();

    [GeneratedRegex(@"(?<![\w.,])(?<least>-?[0-9][0-9,]*) to (?<most>[0-9][0-9,]*)(?!\S*[A-Za-z.])")]
    private static partial Regex Range();

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
