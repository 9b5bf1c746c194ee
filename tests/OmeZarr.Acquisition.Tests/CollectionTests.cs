using OmeZarr.Documents;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Several images in one dataset: positions, and dimensions that an image has no axis for.</summary>
public class CollectionTests
{
    private const string Frame = """{"name": "y", "count": 64, "unit": "um", "scale": 0.5}, {"name": "x", "count": 48, "unit": "um", "scale": 0.5}""";

    [Test]
    public void ShouldWriteAGroupForEachPositionAndListThemInTheOrderOfAcquisition()
    {
        var plan = Document.PlanOf($$"""[{"name": "t", "count": 3}, {"name": "p", "coords": ["b", "a"]}, {"name": "c", "count": 2}, {{Frame}}]""");
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Collection));
        Assert.That(plan.Arrays.Select(array => array.Path), Is.EqualTo(new[] { "b/0", "a/0" }));
        Assert.That(plan.Arrays.Select(array => array.Shape), Is.All.EqualTo(new long[] { 3, 2, 64, 48 }));
        var written = Written.Of(plan);
        Assert.That(written.Keys, Is.EqualTo(new[]
        {
            "b/0/zarr.json", "a/0/zarr.json", "b/zarr.json", "a/zarr.json", "OME/zarr.json", "OME/METADATA.ome.xml", "zarr.json",
        }));
        Assert.That(written.Ome("").ToJsonString(), Is.EqualTo("""{"version":"0.5","bioformats2raw.layout":3}"""));
        Assert.That(written.Ome("OME").ToJsonString(), Is.EqualTo("""{"version":"0.5","series":["b","a"]}"""));
        Assert.That(written.Ome("a")["multiscales"]![0]!["name"]!.GetValue<string>(), Is.EqualTo("a"));
        Assert.That(written.Ome("a")["multiscales"]![0]!["datasets"]![0]!["path"]!.GetValue<string>(), Is.EqualTo("0"));
        Assert.That(written.Own("").ContainsKey("position"), Is.False);
    }

    [TestCase("[{P}, {T}, {Z}, {F}]", 0, 0, 0, 0, 1, 1, 0, 0)]
    [TestCase("[{T}, {Z}, {P}, {F}]", 0, 0, 0, 1, 0, 0, 1, 0)]
    public void ShouldFindPositionsAnywhereInTheOrderOfAcquisition(string order, params int[] arraysOfTheFirstFrames)
    {
        var dimensions = order.Replace("{P}", """{"name": "p", "count": 2}""").Replace("{T}", """{"name": "t", "count": 2}""")
            .Replace("{Z}", """{"name": "z", "count": 2}""").Replace("{F}", Frame);
        var plan = Document.PlanOf(dimensions);
        var index = new long[2];
        var arrays = Enumerable.Range(0, 8).Select(frame => plan.Router.Locate(frame, index)).ToArray();
        var expected = order.IndexOf("{P}", StringComparison.Ordinal) == 1
            ? new[] { 0, 0, 0, 0, 1, 1, 1, 1 }
            : new[] { 0, 1, 0, 1, 0, 1, 0, 1 };
        Assert.That(arrays, Is.EqualTo(expected), string.Join(',', arraysOfTheFirstFrames));
    }

    [Test]
    public void ShouldGrowEveryImageWhenTheFirstDimensionIsUnbounded()
    {
        var plan = Document.PlanOf($$"""[{"name": "t"}, {"name": "p", "count": 2}, {"name": "c", "coords": ["DAPI"]}, {{Frame}}]""");
        Assert.That(plan.Arrays.Select(array => array.UnboundedAxis), Is.All.Zero);
        var final = new DatasetMetadata(plan)
            .Final(new FrameCounts(5, 5, 0, 0), complete: true, new Dictionary<string, System.Text.Json.Nodes.JsonNode?>());
        Assert.That(final.Select(document => document.Key), Is.EqualTo(new[]
        {
            "0/0/zarr.json", "1/0/zarr.json", "0/zarr.json", "1/zarr.json", "OME/METADATA.ome.xml", "zarr.json",
        }));
        Assert.That(System.Text.Encoding.UTF8.GetString(final[1].Utf8.Span),
            Does.Contain("3,\n    1,\n    64,\n    48").Or.Contain("[3,1,64,48]").Or.Contain("[3, 1, 64, 48]"));
        Assert.That(System.Text.Encoding.UTF8.GetString(final[4].Utf8.Span), Does.Contain("SizeT=\"3\""));
    }

    [Test]
    public void ShouldRewriteOnlyTheRootOfWhatHasNotGrown()
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "count": 2}, {{Frame}}]""");
        var final = new DatasetMetadata(plan)
            .Final(default(FrameCounts), complete: true, new Dictionary<string, System.Text.Json.Nodes.JsonNode?>());
        Assert.That(final.Select(document => document.Key), Is.EqualTo(new[] { "zarr.json" }));
    }

    [Test]
    public void ShouldPutStageCoordinatesIntoTheTranslation()
    {
        var written = Written.Of(Document.PlanOf($$"""
            [{"name": "p", "coords": [{"name": "a", "x_coord": 100.5, "y_coord": -20, "z_coord": 7}, {"name": "b"}, {"name": "c", "x_coord": 1}]},
             {"name": "z", "count": 5, "unit": "um", "translation": -2}, {{Frame}}]
            """));
        Assert.That(written.Translation("a"), Is.EqualTo("[5.0,-20.0,100.5]"));
        Assert.That(written.Translation("b"), Is.EqualTo("[-2.0,0.0,0.0]"));
        Assert.That(written.Translation("c"), Is.EqualTo("[-2.0,0.0,1.0]"));
        Assert.That(written.Own("a")["position"]!.ToJsonString(), Is.EqualTo("""{"name":"a","x_coord":100.5,"y_coord":-20,"z_coord":7}"""));
    }

    [TestCase("""{"name": "x", "count": 4}, {"name": "y", "count": 4}""", "[1.0,2.0]")]
    [TestCase("""{"name": "row", "count": 4}, {"name": "column", "count": 4}""", "[2.0,1.0]")]
    [TestCase("""{"name": "depth", "type": "space", "count": 4}, {"name": "row", "count": 4}, {"name": "column", "count": 4}""", "[3.0,2.0,1.0]")]
    [TestCase("""{"name": "z", "count": 4}, {"name": "x", "count": 4}""", "[3.0,1.0]")]
    public void ShouldFindTheAxesOfTheStageByNameOrPlace(string axes, string translation)
    {
        var written = Written.Of(Document.PlanOf($$"""[{"name": "p", "coords": [{"name": "a", "x_coord": 1, "y_coord": 2, "z_coord": 3}, "b"]}, {{axes}}]"""));
        Assert.That(written.Translation("a"), Is.EqualTo(translation));
    }

    [Test]
    public void ShouldKeepASinglePositionAtTheRoot()
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "coords": [{"name": "a", "x_coord": 3}]}, {"name": "t", "count": 2}, {{Frame}}]""");
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Image));
        Assert.That(plan.Arrays.Single().Path, Is.EqualTo("0"));
        var written = Written.Of(plan);
        Assert.That(written.Translation(""), Is.EqualTo("[0.0,0.0,3.0]"));
        Assert.That(written.Own("")["position"]!.ToJsonString(), Is.EqualTo("""{"name":"a","x_coord":3}"""));
        Assert.That(written.Ome("")["multiscales"]![0]!["name"]!.GetValue<string>(), Is.EqualTo("run"));
    }

    [Test]
    public void ShouldTellCellsOfAGridApart()
    {
        var plan = Document.PlanOf($$"""
            [{"name": "p", "coords": [{"name": "f", "grid_row": 0, "grid_column": 0}, {"name": "f", "grid_row": 0, "grid_column": -1}, "f"]}, {{Frame}}]
            """);
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(new[] { "f_0_0", "f_0_-1", "f" }));
        Assert.That(plan.Warnings, Is.Empty);
    }

    [TestCase("\"a\", \"A\", \"ä\"", new[] { "a", "A_2", "a_3" })]
    [TestCase("\"caf\u00e9\", \"cafe\u0301\"", new[] { "cafe", "cafe_2" })]
    [TestCase("\"Pos #1\", \"50% EtOH\", \"a%2Fb\"", new[] { "Pos-1", "50-EtOH", "a-2Fb" })]
    [TestCase("\"a b\", \"a%20b\", \"a/b\"", new[] { "a-b", "a-20b", "a-b_2" })]
    [TestCase("\"__a\", \"../escape\", \"nul.txt\", \"zarr.json\"", new[] { "_a", "escape", "_nul.txt", "_zarr.json" })]
    [TestCase("\"位置\", \"..\", \"位置 7\"", new[] { "p0", "p1", "7" })]
    [TestCase("\"ome\", \"b\"", new[] { "ome_2", "b" })]
    [TestCase("\"a\", \"A\", \"a_2\"", new[] { "a", "A_3", "a_2" })]
    [TestCase("{\"name\": \"a\", \"grid_row\": 1, \"grid_column\": 2}, \"a_1_2\"", new[] { "a_1_2", "a_1_2_2" })]
    [TestCase("{\"name\": \"f\", \"plate_row\": \"A\", \"plate_column\": \"1\"}, "
        + "{\"name\": \"f\", \"plate_row\": \"A\", \"plate_column\": \"2\"}", new[] { "f", "f_2" })]
    public void ShouldNeverWriteTwoImagesIntoOneFolder(string positions, string[] paths)
    {
        var plan = Document.PlanOf($$"""[{"name": "p", "type": "position", "coords": [{{positions}}]}, {{Frame}}]""");
        Assert.That(plan.Images.Select(image => image.Path), Is.EqualTo(paths));
        Assert.That(plan.Warnings.Single(), Does.Contain("another path than their name"));
        Assert.That(Written.Of(plan).Ome("OME")["series"]!.AsArray().Select(path => path!.GetValue<string>()), Is.EqualTo(paths));
    }

    [Test]
    public void ShouldMakeImagesOfWhatAnImageHasNoAxisFor()
    {
        var plan = Document.PlanOf($$"""
            [{"name": "t", "count": 4}, {"name": "angle", "coords": [0, 120, "back"], "type": "other"}, {"name": "p", "coords": ["a", "b"]},
             {"name": "phase", "count": 2}, {"name": "c", "coords": ["DAPI", "GFP"]}, {"name": "z", "count": 5}, {{Frame}}]
            """);
        Assert.That(plan.Arrays[0].DimensionNames, Is.EqualTo(new[] { "t", "c", "z", "y", "x" }));
        Assert.That(plan.Images.Select(image => image.Path).Take(5), Is.EqualTo(new[]
        {
            "a_angle0_phase0", "a_angle0_phase1", "b_angle0_phase0", "b_angle0_phase1", "a_angle1_phase0",
        }));
        Assert.That(plan.Images, Has.Length.EqualTo(12).And.Length.EqualTo(plan.Router.ArrayCount));
        var written = Written.Of(plan);
        Assert.That(written.Own("b_angle2_phase1")["indices"]!.ToJsonString(), Is.EqualTo(
            """[{"dimension":"angle","index":2,"coord":"back"},{"dimension":"p","index":1},{"dimension":"phase","index":1}]"""));
        Assert.That(written.Own("b_angle2_phase1")["position"]!["name"]!.GetValue<string>(), Is.EqualTo("b"));
        Assert.That(plan.Warnings, Is.Empty);
    }

    [TestCase("illumination/left", "illumination-left0")]
    [TestCase("..", "0")]
    [TestCase("com", "_com0")]
    [TestCase("😀", "0")]
    [TestCase("__angle", "_angle0")]
    public void ShouldMakeFoldersOfAnyDimensionsName(string name, string path)
    {
        var plan = Document.PlanOf($$"""
            [{"name": "{{name}}", "count": 2}, {"name": "t", "count": 2}, {"name": "c", "count": 2}, {"name": "z", "count": 2}, {{Frame}}]
            """);
        Assert.That(plan.Images[0].Path, Is.EqualTo(path));
        Assert.That(Written.Of(plan).Own(path)["indices"]![0]!["dimension"]!.GetValue<string>(), Is.EqualTo(name));
    }

    [Test]
    public void ShouldShowInEachImageTheChannelThatItIs()
    {
        var written = Written.Of(Document.PlanOf($$"""
            [{"name": "c", "coords": ["red", "blue"]}, {"name": "dye", "type": "channel", "coords": [{"name": "DAPI", "color": "blue"}, "GFP"]}, {{Frame}}]
            """));
        Assert.That(written.Ome("dye0")["omero"]!["channels"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That(written.Own("dye0")["indices"]![0]!["coord"]!.ToJsonString(), Is.EqualTo("""{"name":"DAPI","color":"#0000FF"}"""));
    }

    [Test]
    public void ShouldGiveAnImageOfOneChannelThatChannelsNameAndColor()
    {
        var written = Written.Of(Document.PlanOf($$"""
            [{"name": "lag"}, {"name": "c", "coords": ["a", {"name": "b", "color": "lime"}]}, {"name": "t", "count": 2}, {"name": "z", "count": 2}, {{Frame}}]
            """));
        var channels = written.Ome("c1")["omero"]!["channels"]!.AsArray();
        Assert.That(channels.Select(channel => $"{channel!["label"]} {channel["color"]}"), Is.EqualTo(new[] { "b 00FF00" }));
        Assert.That(written.Xml().Descendants().Where(element => element.Name.LocalName == "Channel")
            .Select(channel => channel.Attribute("Name")!.Value), Is.EqualTo(new[] { "a", "b" }));
    }
}
