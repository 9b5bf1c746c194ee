using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Documents;

namespace OmeZarr.Acquisition.Tests;

/// <summary>The resolution levels of an image: how many, how large, and where they lie in space.</summary>
public class LevelTests
{
    [Test]
    public void ShouldHaveOnlyFullResolutionUnlessAskedForMore()
    {
        var plan = Document.Plan(Document.FiveDimensions);
        Assert.That(plan.Cameras[0].Levels, Has.Length.EqualTo(1));
        Assert.That(plan.Arrays, Has.Length.EqualTo(1));
        Assert.That(Multiscale(plan)["type"]!.GetValue<string>(), Is.EqualTo("none"));
        Assert.That(Multiscale(plan)["metadata"]!["method"]!.GetValue<string>(), Is.EqualTo("none"));
    }

    [TestCase(2304, 2304, 5, "144 x 144")]
    [TestCase(2048, 2048, 4, "256 x 256")]
    [TestCase(257, 10, 2, "129 x 5")]
    [TestCase(10, 2000, 4, "2 x 250")]
    [TestCase(256, 256, 1, "256 x 256")]
    public void ShouldEndWithAnOverviewWhenTheNumberIsLeftOpen(int height, int width, int levels, string last)
    {
        foreach (var pyramid in new[] { "{}", """{"levels": "auto"}""" })
        {
            var camera = Frames(height, width, pyramid).Cameras[0];
            Assert.That(camera.Levels, Has.Length.EqualTo(levels));
            Assert.That($"{camera.Levels[^1].Height} x {camera.Levels[^1].Width}", Is.EqualTo(last));
        }
    }

    [Test]
    public void ShouldShrinkOnlyTheFrameUnlessToldOtherwise()
    {
        var camera = Document.PlanWith("""{"pyramid": {"levels": 3}}""").Cameras[0];
        Assert.That(camera.Levels.Select(level => level.Arrays[0].Shape),
            Is.EqualTo(new long[][] { [10, 2, 5, 64, 48], [10, 2, 5, 32, 24], [10, 2, 5, 16, 12] }));
        Assert.That(camera.Levels.Select(level => level.Arrays[0].Path), Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(camera.Levels[2].Factors, Is.EqualTo(new[] { 1, 1, 1, 4, 4 }));
        camera = Document.PlanWith("""{"pyramid": {"levels": 3, "factors": {"z": 2, "x": 3}}}""").Cameras[0];
        Assert.That(camera.Levels.Select(level => level.Arrays[0].Shape),
            Is.EqualTo(new long[][] { [10, 2, 5, 64, 48], [10, 2, 3, 32, 16], [10, 2, 2, 16, 6] }));
    }

    [Test]
    public void ShouldLeaveAnAxisAloneOnceItHasShrunkToOneElement()
    {
        var camera = Document.PlanWith("""{"pyramid": {"levels": 6, "factors": {"z": 3}}}""").Cameras[0];
        Assert.That(camera.Levels.Select(level => level.Arrays[0].Shape[2]), Is.EqualTo(new[] { 5, 2, 1, 1, 1, 1 }));
        Assert.That(camera.Levels.Select(level => level.Factors[2]), Is.EqualTo(new[] { 1, 3, 9, 9, 9, 9 }));
    }

    /// <summary>Where an axis was unbounded, what is said in the end is what would be said of one that had that length.</summary>
    [Test]
    public void ShouldSayOfAnAxisThatGrewWhatItSaysOfABoundedOne() => Prop.ForAll(Grown.ToArbitrary(), stack =>
    {
        string Of(string count) => $$"""
            [{"name": "z", "count": {{count}}, "unit": "um", "scale": 0.5, "translation": 3}, {"name": "c", "count": 2},
             {"name": "y", "count": 640, "scale": 0.25}, {"name": "x", "count": 480}]
            """;
        var pyramid = $$$"""{"pyramid": {"method": "{{{stack.Method}}}", "factors": {"z": {{{stack.Factor}}} } } }""";
        var grown = Document.PlanOf(Of("null"), pyramid);
        var bounded = Document.PlanOf(Of($"{stack.Planes}"), pyramid);
        var counts = new FrameCounts(2 * stack.Planes, 2 * stack.Planes, 0, 0);
        var final = new DatasetMetadata(grown).Final(counts, complete: true, new Dictionary<string, JsonNode?>());
        var written = JsonNode.Parse(final[^1].Utf8.Span)!["attributes"]!["ome"]!["multiscales"]![0]!;
        return JsonNode.DeepEquals(written, Multiscale(bounded));
    }).QuickCheckThrowOnFailure();

    private static readonly Gen<(int Planes, int Factor, string Method)> Grown =
        from planes in Gen.Choose(1, 40)
        from factor in Gen.Choose(1, 5)
        from method in Gen.Elements("mean", "decimate", "max")
        select (planes, factor, method);

    [TestCase(8)]
    [TestCase(32)]
    public void ShouldSayHowManyLevelsThereCanBe(int levels)
    {
        Assert.That(
            Document.Problem(Document.With($$$"""{"pyramid": {"levels": {{{levels}}} }}""")),
            Is.EqualTo($"pyramid.levels: is {levels}; with these frames and factors at most 7 are possible"));
        Assert.That(Document.PlanWith("""{"pyramid": {"levels": 7}}""").Cameras[0].Levels[^1].Arrays[0].Shape[^2..], Is.EqualTo(new long[] { 1, 1 }));
    }

    [TestCase("t")]
    [TestCase("c")]
    public void ShouldShrinkNothingButSpace(string dimension) => Assert.That(
        Document.Problem(Document.With($$$"""{"pyramid": {"factors": {"{{{dimension}}}": 2} } }""")),
        Is.EqualTo($"pyramid.factors.{dimension}: is 2; only dimensions of space that are axes of the images can shrink"));

    [Test]
    public void ShouldGiveSmallLevelsChunksAndShardsOfTheirSize()
    {
        var levels = Document.PlanOf(
            """
            [{"name": "t", "count": 10, "chunk_size": 2, "shard_size_chunks": 3}, {"name": "y", "count": 500, "chunk_size": 100, "shard_size_chunks": 4},
             {"name": "x", "count": 64, "chunk_size": 64, "shard_size_chunks": 1}]
            """,
            """{"pyramid": {"levels": 4}}""").Cameras[0].Levels;
        Assert.That(levels.Select(level => level.Arrays[0].ChunkShape),
            Is.EqualTo(new int[][] { [2, 100, 64], [2, 100, 32], [2, 100, 16], [2, 63, 8] }));
        Assert.That(levels.Select(level => level.Arrays[0].ShardShapeInChunks),
            Is.EqualTo(new int[][] { [3, 4, 1], [3, 3, 1], [5, 2, 1], [5, 1, 1] }));
    }

    [Test]
    public void ShouldPlaceEachLevelWhereItsPixelsLie()
    {
        var datasets = Multiscale(Document.PlanWith("""{"pyramid": {"levels": 3}}"""))["datasets"]!.AsArray();
        Assert.That(datasets.Select(dataset => dataset!["path"]!.GetValue<string>()), Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(Transformation(datasets[1]!, 0, "scale"), Is.EqualTo(new[] { 0.5, 1, 1.5, 0.2, 0.2 }));
        Assert.That(Transformation(datasets[1]!, 1, "translation"), Is.EqualTo(new[] { 0, 0, 0, 0.05, 0.05 }).Within(1e-12));
        Assert.That(Transformation(datasets[2]!, 0, "scale"), Is.EqualTo(new[] { 0.5, 1, 1.5, 0.4, 0.4 }));
        Assert.That(Transformation(datasets[2]!, 1, "translation"), Is.EqualTo(new[] { 0, 0, 0, 0.15, 0.15 }).Within(1e-12));
    }

    [Test]
    public void ShouldLeaveTheFirstPixelInItsPlaceWhenPixelsAreLeftOut()
    {
        var datasets = Multiscale(Document.PlanWith("""{"pyramid": {"levels": 2, "method": "decimate"}}"""))["datasets"]!.AsArray();
        Assert.That(datasets[1]!["coordinateTransformations"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public void ShouldSayHowLevelsWereMade()
    {
        var multiscale = Multiscale(Document.PlanWith("""{"pyramid": {"levels": 3, "method": "median", "factors": {"z": 3}}}"""));
        Assert.That(multiscale["type"]!.GetValue<string>(), Is.EqualTo("median"));
        Assert.That(multiscale["metadata"]!["kwargs"]!["factors"]!.ToJsonString(), Is.EqualTo("[[1,1,3,2,2],[1,1,3,2,2]]"));
    }

    [Test]
    public void ShouldGiveEveryImageItsLevels()
    {
        var plan = Document.PlanOf(
            """[{"name": "p", "type": "position", "coords": ["a", "b"]}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""",
            """{"pyramid": {"levels": 2}}""");
        Assert.That(plan.Arrays.Select(array => array.Path), Is.EqualTo(new[] { "a/0", "b/0", "a/1", "b/1" }));
        Assert.That(plan.Cameras[0].Arrays.Select(array => array.Path), Is.EqualTo(new[] { "a/0", "b/0" }));
        var keys = new DatasetMetadata(plan).Initial().Select(document => document.Key).ToArray();
        Assert.That(keys, Does.Contain("b/1/zarr.json"));
    }

    [Test]
    public void ShouldKeepTheNumberOfArraysBounded() => Assert.That(
        Document.Problem(Document.Of(
            """[{"name": "p", "type": "position", "count": 40000}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""", """{"pyramid": {"levels": 3}}""")),
        Is.EqualTo("pyramid: makes 120,000 arrays of 40,000 images; at most 100,000 are possible. Ask for fewer levels"));

    [Test]
    public void ShouldLetAllLevelsGrowTogether()
    {
        var plan = Document.PlanOf(
            """[{"name": "z"}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""", """{"pyramid": {"levels": 3, "factors": {"z": 2}}}""");
        Assert.That(plan.Arrays.Select(array => array.UnboundedAxis), Is.All.Zero);
        var final = new DatasetMetadata(plan)
            .Final(new FrameCounts(7, 7, 0, 0), complete: true, new Dictionary<string, JsonNode?>());
        var shapes = final.Where(document => document.Key != "zarr.json")
            .Select(document => JsonNode.Parse(document.Utf8.Span)!["shape"]!.ToJsonString());
        Assert.That(shapes, Is.EqualTo(new[] { "[2,16,12]", "[4,32,24]", "[7,64,48]" }));
    }

    [Test]
    public void ShouldCoverEveryElementOnEachLevel() => Prop.ForAll(
        (from height in Gen.Choose(1, 300)
         from width in Gen.Choose(1, 300)
         from y in Gen.Choose(1, 5)
         from x in Gen.Choose(1, 5)
         select (height, width, y, x)).ToArbitrary(),
        given =>
        {
            var plan = Frames(given.height, given.width, $$$"""{"factors": {"y": {{{given.y}}}, "x": {{{given.x}}} }}""");
            foreach (var level in plan.Cameras[0].Levels)
            {
                var array = level.Arrays[0];
                Assert.That(level.LengthAlong(1, given.height), Is.EqualTo(array.Shape[1]));
                Assert.That(array.Shape[1] * level.Factors[1], Is.GreaterThanOrEqualTo(given.height));
                Assert.That(array.Shape[2] * level.Factors[2], Is.GreaterThanOrEqualTo(given.width));
                Assert.That(array.ChunkShape.Zip(array.Shape, (chunk, length) => chunk <= length), Is.All.True);
            }
        }).QuickCheckThrowOnFailure();

    private static AcquisitionPlan Frames(int height, int width, string pyramid) => Document.PlanOf(
        $$"""[{"name": "t", "count": 3}, {"name": "y", "count": {{height}}}, {"name": "x", "count": {{width}}}]""", $$"""{"pyramid": {{pyramid}} }""");

    private static JsonObject Multiscale(AcquisitionPlan plan) =>
        JsonNode.Parse(new DatasetMetadata(plan).Initial()[^1].Utf8.Span)!["attributes"]!["ome"]!["multiscales"]![0]!.AsObject();

    private static double[] Transformation(JsonNode dataset, int number, string type)
    {
        var transformation = dataset["coordinateTransformations"]![number]!;
        Assert.That(transformation["type"]!.GetValue<string>(), Is.EqualTo(type));
        return [.. transformation[type]!.AsArray().Select(value => value!.GetValue<double>())];
    }
}
