using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

/// <summary>Whether the checks see what is wrong with the coordinate systems of OME-Zarr 0.6.</summary>
internal sealed class SystemsTests
{
    private SampleDataset _dataset = null!;

    [SetUp]
    public void MakeDataset()
    {
        _dataset = new SampleDataset();
        _dataset.Change("", meta => Renew(meta["attributes"]!["ome"]!.AsObject()));
    }

    [TearDown]
    public void RemoveDataset() => _dataset.Dispose();

    [Test]
    public void ShouldFindNothingWrongWithTheSample([Values] bool strict)
    {
        Structure.Validate(_dataset.Path);
        Schemas.Validate(_dataset.Path, strict);
    }

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Fault("no system of the name", "have to lead to one", image => Systems(image)[0]!["name"] = "other");
        yield return Fault(
            "levels of two systems", "lead to physical, other", image => Step(image, 1)["output"]!["name"] = "other");
        yield return Fault("a system twice", "names of their own", image => Systems(image).Add(Systems(image)[0]!.DeepClone()));
        yield return Fault("a system by itself", "no transformation leads to", image => AddSystem(image));
        yield return Fault("axes of another system", "time comes first", image =>
        {
            var axes = AddSystem(image)["axes"]!.AsArray();
            var first = axes[0]!;
            axes.RemoveAt(0);
            axes.Add(first);
        });
        yield return Fault(
            "the array of another level", "not at the level's own", image => Step(image, 1)["input"]!["path"] = "0");
        yield return Fault("a system of another group", "of the image's own", image => Step(image, 0)["output"]!["path"] = "a");
        yield return Fault("two transformations", "instead of one", image =>
            image["datasets"]![0]!["coordinateTransformations"]!.AsArray().Add(Step(image, 0).DeepClone()));
        yield return Fault("a negative scale", "not above 0", image => Step(image, 0)["scale"]![3] = -1);
        yield return Fault("a sequence of another order", "are translation, scale", image =>
        {
            var steps = Step(image, 1)["transformations"]!.AsArray();
            var first = steps[0]!;
            steps.RemoveAt(0);
            steps.Add(first);
        });
        yield return Fault("a short scale", "3 values for 4 axes", image => Step(image, 0)["scale"]!.AsArray().RemoveAt(0));
    }

    [TestCaseSource(nameof(Faults))]
    public void ShouldFindWhatBreaksARule(string problem, Action<JsonNode> spoil)
    {
        _dataset.Change("", meta => spoil(meta["attributes"]!["ome"]!["multiscales"]![0]!));
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains(problem));
    }

    [Test]
    public void ShouldAllowAnotherSystemThatATransformationLeadsTo()
    {
        _dataset.Change("", meta =>
        {
            var image = meta["attributes"]!["ome"]!["multiscales"]![0]!;
            AddSystem(image);
            image["coordinateTransformations"] = JsonNode.Parse(
                """[{"type": "identity", "input": {"name": "another"}, "output": {"name": "physical"}}]""");
        });
        Structure.Validate(_dataset.Path);
        Schemas.Validate(_dataset.Path);
    }

    [Test]
    public void ShouldFindGroupsOfTwoVersions()
    {
        _dataset.WriteGroup("OME", """{"version": "0.5", "series": []}""");
        Assert.That(Structure.Problems(_dataset.Path), Has.Some.Contains("the version is 0.5"));
    }

    // The sample as 0.6 says it.
    private static void Renew(JsonObject ome)
    {
        ome["version"] = "0.6rc0";
        var image = ome["multiscales"]![0]!.AsObject();
        image["coordinateSystems"] =
            new JsonArray(new JsonObject { ["name"] = "physical", ["axes"] = image["axes"]!.DeepClone() });
        image.Remove("axes");
        foreach (var level in image["datasets"]!.AsArray())
        {
            var steps = level!["coordinateTransformations"]!.AsArray();
            var one = steps.Count == 1 ? steps[0]!.DeepClone().AsObject()
                : new JsonObject { ["type"] = "sequence", ["transformations"] = steps.DeepClone() };
            one["input"] = new JsonObject { ["path"] = level["path"]!.GetValue<string>() };
            one["output"] = new JsonObject { ["name"] = "physical" };
            level["coordinateTransformations"] = new JsonArray(one);
        }
    }

    private static JsonNode AddSystem(JsonNode image)
    {
        var other = Systems(image)[0]!.DeepClone();
        other["name"] = "another";
        Systems(image).Add(other);
        return other;
    }

    private static JsonArray Systems(JsonNode image) => image["coordinateSystems"]!.AsArray();

    private static JsonNode Step(JsonNode image, int level) => image["datasets"]![level]!["coordinateTransformations"]![0]!;

    private static TestCaseData Fault(string name, string problem, Action<JsonNode> spoil) =>
        new TestCaseData(problem, spoil).SetArgDisplayNames(name);
}
