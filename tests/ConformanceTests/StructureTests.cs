using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

internal sealed class StructureTests
{
    private SampleDataset _dataset = null!;

    [SetUp]
    public void MakeDataset() => _dataset = new SampleDataset();

    [TearDown]
    public void RemoveDataset() => _dataset.Dispose();

    [Test]
    public void ShouldFindNothingWrongWithTheSample() => Structure.Validate(_dataset.Path);

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Fault("order of axes", "time comes first", image => Axes(image).Add(Cut(Axes(image), 0)));
        yield return Fault("order of space", "order z, y, x", image => Axes(image).Insert(2, Cut(Axes(image), 3)));
        yield return Fault("equal axes", "same name", image => Axes(image)[1]!["name"] = "t");
        yield return Fault("an axis of space only", "instead of 2 or 3", image => Axes(image)[3]!["type"] = "other");
        yield return Fault("a dataset that is not there", "'7' is not there", image => image["datasets"]![1]!["path"] = "7");
        yield return Fault("a short scale", "3 values for 4 axes", image => Scale(image).RemoveAt(0));
        yield return Fault("a scale of zero", "a scale is zero", image => Scale(image)[2] = 0);
        yield return Fault("no transformation", "no coordinateTransformations", image =>
            image["datasets"]![0]!.AsObject().Remove("coordinateTransformations"));
        yield return Fault("a translation first", "are translation, scale", image =>
        {
            var list = image["datasets"]![1]!["coordinateTransformations"]!.AsArray();
            list.Add(Cut(list, 0));
        });
        yield return Fault("levels in the wrong order", "larger than the one before", image =>
            image["datasets"]!.AsArray().Add(Cut(image["datasets"]!.AsArray(), 0)));
    }

    [TestCaseSource(nameof(Faults))]
    public void ShouldFindWhatTheSchemasMiss(string problem, Action<JsonNode> spoil)
    {
        _dataset.Change("", meta => spoil(meta["attributes"]!["ome"]!["multiscales"]![0]!));
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains(problem));
    }

    [Test]
    public void ShouldFindDimensionNamesThatAreNotTheAxes()
    {
        _dataset.Change("0", meta => meta["dimension_names"]![0] = "z");
        _dataset.Change("1", meta => meta["dimension_names"]!.AsArray().RemoveAt(0));
        Assert.That(Structure.Problems(_dataset.Path),
            Has.Some.StartsWith("0: the dimension_names").And.Some.StartsWith("1: there are 3"));
    }

    [Test]
    public void ShouldFindLevelsOfDifferentTypes()
    {
        _dataset.Change("1", meta => meta["data_type"] = "uint8");
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains("the level is uint8, the one before is uint16"));
    }

    [Test]
    public void ShouldFindDefaultsAndChannelsThatTheImageDoesNotHave()
    {
        _dataset.Change("", meta =>
        {
            var omero = meta["attributes"]!["ome"]!["omero"]!;
            omero["rdefs"]!["defaultZ"] = 1;
            omero["channels"]!.AsArray().RemoveAt(0);
        });
        Assert.That(Structure.Problems(_dataset.Path),
            Has.Some.Contains("defaultZ").And.Some.Contains("1 channels, the image has 2"));
    }

    [Test]
    public void ShouldFindMoreObjectsThanTheGridHas()
    {
        File.WriteAllText(Path.Join(_dataset.Path, "0", "c", "stray.tmp"), "");
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains("2 objects are stored in a grid of 1"));
    }

    [Test]
    public void ShouldFindWellsAndFieldsThatAreNotThere()
    {
        _dataset.WriteGroup("", """
            {"version": "0.5", "plate": {
              "rows": [{"name": "A"}, {"name": "B"}], "columns": [{"name": "1"}],
              "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}, {"path": "B/1", "rowIndex": 0, "columnIndex": 0}]}}
            """);
        _dataset.WriteGroup("A", "{}");
        _dataset.WriteGroup("A/1", """{"version": "0.5", "well": {"images": [{"path": "0"}]}}""");
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains("'B/1' is not there")
            .And.Some.Contains("'B/1' has the indices of A/1")
            .And.Some.Contains("the image 'A/1/0' is not there")
            .And.None.Contains("'A/1' is not there"));
    }

    [Test]
    public void ShouldFindSeriesThatAreNotThereOrNotDescribed()
    {
        _dataset.WriteGroup("OME", """{"version": "0.5", "series": ["a", "b"]}""");
        File.WriteAllText(Path.Join(_dataset.Path, "OME", "METADATA.ome.xml"),
            "<OME><Image ID=\"Image:0\"><ImageX/></Image></OME>");
        _dataset.WriteGroup("a", SampleDataset.Image());
        Assert.That(Structure.Problems(_dataset.Path),
            Has.Some.Contains("'b' is not there").And.Some.Contains("describes 1 images, there are 2"));
    }

    [Test]
    public void ShouldFindAFolderThatIsNoNode()
    {
        Directory.CreateDirectory(Path.Join(_dataset.Path, "empty"));
        Assert.That(Structure.Problems(_dataset.Path),
            Is.EqualTo((string[])["empty: a folder in a group has to be a node, but has no zarr.json"]));
    }

    private static TestCaseData Fault(string name, string problem, Action<JsonNode> spoil) =>
        new TestCaseData(problem, spoil).SetArgDisplayNames(name);

    private static JsonArray Axes(JsonNode image) => image["axes"]!.AsArray();

    private static JsonArray Scale(JsonNode image) =>
        image["datasets"]![0]!["coordinateTransformations"]![0]!["scale"]!.AsArray();

    private static JsonNode Cut(JsonArray array, int index)
    {
        var node = array[index]!;
        array.RemoveAt(index);
        return node;
    }
}
