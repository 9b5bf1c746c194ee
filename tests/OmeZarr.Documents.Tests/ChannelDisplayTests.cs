using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Tests;

namespace OmeZarr.Documents.Tests;

/// <summary>
/// What viewers show at first: colours as a microscopist expects, and windows in which there is something to see.
/// </summary>
public class ChannelDisplayTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";

    [TestCase("rgb8", 3, "Red FF0000 True, Green 00FF00 True, Blue 0000FF True")]
    [TestCase("bgr8", 3, "Red FF0000 True, Green 00FF00 True, Blue 0000FF True")]
    [TestCase("rgba8", 4, "Red FF0000 True, Green 00FF00 True, Blue 0000FF True, Alpha FFFFFF False")]
    public void ShouldShowAColourCamerasPictureInItsOwnColours(string format, int channels, string expected)
    {
        var omero = OmeroOf($$"""[{"name": "c", "count": {{channels}} }, {{Frame}}]""",
            $$"""{"dtype": "uint8", "frame": {"pixel_format": "{{format}}"} }""", [new IntensityWindow(7, 99, 8, 20), null]);
        Assert.That(string.Join(", ", ChannelsOf(omero).Select(channel =>
            $"{channel["label"]} {channel["color"]} {(bool)channel["active"]!}")), Is.EqualTo(expected));
        Assert.That(ChannelsOf(omero).Select(WindowOf), Is.All.EqualTo("0 255 0 255"));
        Assert.That(omero["rdefs"]!["model"]!.GetValue<string>(), Is.EqualTo("color"));
    }

    [Test]
    public void ShouldStillShowAColourCameraAsTheSettingsSay()
    {
        var omero = OmeroOf($$"""[{"name": "c", "coords": ["a", {"name": "b", "color": "white"}, "c"]}, {{Frame}}]""", """
            {"dtype": "uint8", "frame": {"pixel_format": "rgb8"}, "omero": {"channels": [{"window": {"start": 10, "end": 20}}, {}, {}]}}
            """);
        Assert.That(ChannelsOf(omero).Select(channel => $"{channel["label"]} {channel["color"]} {WindowOf(channel)}"),
            Is.EqualTo(new[] { "a FF0000 0 255 10 20", "b FFFFFF 0 255 0 255", "c 0000FF 0 255 0 255" }));
    }

    [TestCase("mono10p", "0 1023 0 1023")]
    [TestCase("mono12p", "0 4095 0 4095")]
    [TestCase("mono12packed", "0 4095 0 4095")]
    public void ShouldBeginWithTheRangeThatPackedPixelsCanHave(string format, string expected)
    {
        var omero = OmeroOf($"[{Frame}]", $$"""{"frame": {"pixel_format": "{{format}}"} }""");
        Assert.That(ChannelsOf(omero).Select(WindowOf), Is.EqualTo(new[] { expected }));
    }

    [TestCase("Red", "FF0000")]
    [TestCase(" green", "00FF00")]
    [TestCase("BLUE", "0000FF")]
    [TestCase("Redistribution", "00FFFF")]
    public void ShouldShowAChannelThatIsNamedAfterAColourInThatColour(string name, string expected)
    {
        var omero = OmeroOf($$"""[{"name": "c", "coords": ["{{name}}", "other"]}, {{Frame}}]""");
        Assert.That(ChannelsOf(omero)[0]["color"]!.GetValue<string>(), Is.EqualTo(expected));
    }

    /// <summary>The table of fluorophores in docs/settings.md says what happens.</summary>
    [Test]
    public void ShouldShowCommonFluorophoresInTheColoursThatTheDocumentsName()
    {
        var hex = new Dictionary<string, string>
        {
            ["blue"] = "0000FF",
            ["cyan"] = "00FFFF",
            ["green"] = "00FF00",
            ["yellow"] = "FFFF00",
            ["red"] = "FF0000",
            ["magenta"] = "FF00FF",
        };
        var rows = Regex.Matches(File.ReadAllText(Repository("docs", "settings.md")),
            @"^\| (blue|cyan|green|yellow|red|magenta) \| [^|]* \| (.*) \|$", RegexOptions.Multiline);
        Assert.That(rows.Select(row => row.Groups[1].Value), Is.EquivalentTo(hex.Keys));
        foreach (Match row in rows)
        {
            foreach (Match dye in Regex.Matches(row.Groups[2].Value, @"([A-Za-z0-9 ]+) (\d{3})(?:,|$)"))
            {
                var omero = OmeroOf($$"""
                    [{"name": "c", "coords": [{"name": "{{dye.Groups[1].Value}}", "emission_wavelength_nm": {{dye.Groups[2].Value}} }]}, {{Frame}}]
                    """);
                Assert.That(ChannelsOf(omero)[0]["color"]!.GetValue<string>(), Is.EqualTo(hex[row.Groups[1].Value]), dye.Value);
            }
        }
    }

    [TestCase("[", 1)]
    [TestCase("""[{"name": "c", "count": 3}, """, 3)]
    [TestCase("""[{"name": "c", "coords": ["a", "b"]}, """, 2)]
    [TestCase("""[{"name": "t", "count": 4}, {"name": "angle", "count": 7}, """, 1)]
    [TestCase("""[{"name": "c", "count": 4097}, """, 0)]
    public void ShouldHaveAsManyChannelsAsTheImageOrNone(string dimensions, int expected)
    {
        var ome = Written.Of(Document.PlanOf($"{dimensions}{Frame}]")).Ome("").AsObject();
        Assert.That(ome.ContainsKey("omero") ? ChannelsOf(ome["omero"]!).Count : 0, Is.EqualTo(expected));
    }

    [Test]
    public void ShouldWaitForTheFirstChannelOfAnUnboundedAxis()
    {
        var metadata = new DatasetMetadata(Document.PlanOf($$"""[{"name": "c"}, {{Frame}}]"""));
        Assert.That(OmeOf(metadata.Initial()[^1]).ContainsKey("omero"), Is.False);
        var end = metadata.Root([new CameraState(new FrameCounts(2, 2, 0, 0), [])], DatasetOutcome.Writing, UserNamespaces.None);
        Assert.That(ChannelsOf(OmeOf(end)["omero"]!), Has.Count.EqualTo(2));
    }

    [TestCase("uint8", 0, "0 1 0 1")]
    [TestCase("uint8", 255, "254 255 254 255")]
    [TestCase("uint16", 100, "100 101 100 101")]
    [TestCase("int16", -5, "-5 -4 -5 -4")]
    [TestCase("float32", 0.25, "0.25 1.25 0.25 1.25")]
    public void ShouldShowAnEvenPictureInAWindowOfOneCount(string type, double intensity, string expected)
    {
        var omero = OmeroOf($"[{Frame}]", $$"""{"dtype": "{{type}}"}""",
            [new IntensityWindow(intensity, intensity, intensity, intensity)]);
        Assert.That(ChannelsOf(omero).Select(WindowOf), Is.EqualTo(new[] { expected }));
    }

    [TestCase("""{"window": {"min": 100, "max": 100}}""")]
    [TestCase("""{"window": {"start": 7, "end": 7}}""")]
    [TestCase("""{"window": {"min": 9, "end": 8}}""")]
    [TestCase("""{"window": {"start": 9, "max": 9}}""")]
    public void ShouldRefuseAWindowWithoutWidth(string channel) => Assert.That(
        Document.Problem(Document.With($$"""{"omero": {"channels": [{{channel}}, {}]} }""")),
        Is.EqualTo("omero.channels[0].window: min and start must be below max and end"));

    [Test]
    public void ShouldNeverShowAWindowWithoutWidth()
    {
        var types = new[] { "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64" };
        var number = Gen.Elements(0.0, 1, 100, 255, 256, 65535, -128, -32768, 4294967295, 1.8e19, 9.3e18, 1e30, -1e30, 0.001);
        var asked = Gen.OneOf(Gen.Constant((double?)null), number.Select(value => (double?)value));
        var given = from min in asked
                    from max in asked
                    from start in asked
                    from end in asked
                    select new IntensityWindow(min, max, start, end);
        var measured = from values in number.ArrayOf(4) select values.Order().ToArray();
        Prop.ForAll((from type in Gen.Elements(types) from settings in given from seen in measured select (type, settings, seen))
            .ToArbitrary(), it =>
        {
            var window = new JsonObject
            {
                ["min"] = it.settings.Min,
                ["max"] = it.settings.Max,
                ["start"] = it.settings.Start,
                ["end"] = it.settings.End,
            };
            AcquisitionPlan plan;
            try
            {
                plan = Document.PlanOf($"[{Frame}]", $$"""
                    {"dtype": "{{it.type}}", "omero": {"channels": [{"window": {{window.ToJsonString()}} }]} }
                    """);
            }
            catch (SettingsException)
            {
                return;
            }

            var shown = ChannelsOf(
                OmeroOf(plan, [new IntensityWindow(it.seen[0], it.seen[3], it.seen[1], it.seen[2])]))[0]["window"]!;
            double Value(string key) => shown[key]!.GetValue<double>();
            Assert.That(Value("start"), Is.LessThan(Value("end")), shown.ToJsonString());
            Assert.That(Value("min"), Is.LessThanOrEqualTo(Value("start")), shown.ToJsonString());
            Assert.That(Value("max"), Is.GreaterThanOrEqualTo(Value("end")), shown.ToJsonString());
            if (it.settings is { Start: { } start })
                Assert.That(Value("start"), Is.EqualTo(start));
            if (it.settings is { End: { } end })
                Assert.That(Value("end"), Is.EqualTo(end));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static JsonNode OmeroOf(string dimensions, string members = "{}", IReadOnlyList<IntensityWindow?>? measured = null) =>
        OmeroOf(Document.PlanOf(dimensions, members), measured);

    private static JsonNode OmeroOf(AcquisitionPlan plan, IReadOnlyList<IntensityWindow?>? measured)
    {
        var state = new CameraState(default, measured ?? []);
        return OmeOf(new DatasetMetadata(plan).Root([state], DatasetOutcome.Writing, UserNamespaces.None))["omero"]!;
    }

    private static JsonObject OmeOf(MetadataDocument root) =>
        JsonNode.Parse(root.Utf8.Span)!["attributes"]!["ome"]!.AsObject();

    private static List<JsonNode> ChannelsOf(JsonNode omero) => [.. omero["channels"]!.AsArray().Select(channel => channel!)];

    private static string WindowOf(JsonNode channel) => string.Join(' ', new[] { "min", "max", "start", "end" }
        .Select(key => channel["window"]![key]!.GetValue<double>().ToString(CultureInfo.InvariantCulture)));

    private static string Repository(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OmeZarrNative.sln")))
            folder = folder.Parent;
        return Path.Combine([folder.FullName, .. path]);
    }
}
