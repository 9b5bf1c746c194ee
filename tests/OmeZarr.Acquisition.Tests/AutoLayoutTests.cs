using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Documents;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Tests;

public class AutoLayoutTests
{
    [TestCase("t 1000, y 2048, x 2048", "1 512 1024", "125 4 2")]
    [TestCase("t, z 21, c 2, y 2304, x 2304", "1 1 1 576 1152", "2 2 21 4 2")]
    [TestCase("t, y 512, x 512", "2 512 512", "1024 1 1")]
    [TestCase("y 2048, x 2048", "512 1024", "4 2")]
    [TestCase("y 64, x 64", "64 64", null)]
    [TestCase("t, y 8, x 8", "64 8 8", "16384 1 1")]
    [TestCase("t 10, c 3, z 40, y 256, x 256", "1 1 8 256 256", "10 3 5 1 1")]
    [TestCase("t, y 1, x 10000000", "1 1 625000", "53 1 16")]
    public void ShouldFollowTheRuleOfTheReference(string dimensions, string chunks, string? shards)
    {
        var array = Document.PlanOf(Dimensions(dimensions), """{"layout": "auto"}""").Arrays[0];
        Assert.That(string.Join(' ', array.ChunkShape), Is.EqualTo(chunks));
        Assert.That(array.IsSharded ? string.Join(' ', array.ShardShapeInChunks) : null, Is.EqualTo(shards));
    }

    [Test]
    public void ShouldKeepSizesThatAreGiven()
    {
        var array = Document.PlanOf(
            """
            [{"name": "t", "count": 1000, "chunk_size": 10}, {"name": "y", "count": 2048, "chunk_size": 100},
             {"name": "x", "count": 2048, "shard_size_chunks": 3}]
            """,
            """{"layout": "auto"}""").Arrays[0];
        Assert.That(array.ChunkShape.Take(2), Is.EqualTo(new[] { 10, 100 }));
        Assert.That(array.ShardShapeInChunks[2], Is.EqualTo(3));
    }

    [Test]
    public void ShouldStayWithinItsBoundsWhateverTheShape()
    {
        var shapes =
            // At most 2000 each: together they stay below 2^63 bytes, beyond which a plan is refused.
            from frames in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 2000)).ListOf()
            from height in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 9000))
            from width in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 9000))
            from dtype in Gen.Elements("uint8", "uint16", "float64")
            select (Frames: frames.Take(3).ToArray(), Height: height, Width: width, DType: dtype);
        Prop.ForAll(shapes.ToArbitrary(), shape =>
        {
            string[] names = ["t", "c", "z"];
            var inner = shape.Frames.Select((count, i) => $"{names[i]} {count}, ");
            var plan = Document.PlanOf(Dimensions($"{string.Concat(inner)}y {shape.Height}, x {shape.Width}"), $$"""{"layout": "auto", "dtype": "{{shape.DType}}"}""");
            var array = plan.Arrays[0];
            long chunk = array.ChunkBytes;
            var inShard = array.IsSharded ? array.ShardShapeInChunks.Aggregate(1L, (product, size) => product * size) : 1;
            var pixel = array.DataType.Size();
            return chunk < Math.Max(AutoLayout.ChunkBytes * 3 / 2, pixel + 1)
                && inShard * chunk <= AutoLayout.ShardBytes
                && inShard <= AutoLayout.ShardChunks
                && array.Shape.Zip(array.ChunkShape).All(pair => pair.Second >= 1 && pair.Second <= pair.First);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void ShouldWriteFewFilesForAnAcquisitionOfTerabytes()
    {
        var plan = Document.PlanOf(Dimensions("t 2000, c 3, z 100, y 2048, x 2048"), """{"layout": "auto"}""");
        var files = LayoutDescription.Of(plan)["arrays"]![0]!["files"]!.GetValue<long>();
        Assert.That(files, Is.EqualTo(6000), "5 TB in 1 GiB and less each: one file for each stack");
    }

    private static string Dimensions(string shape) => "[" + string.Join(", ", shape.Split(", ").Select(dimension =>
    {
        var parts = dimension.Split(' ');
        return $$"""{"name": "{{parts[0]}}", "count": {{(parts.Length > 1 ? parts[1] : "null")}} }""";
    })) + "]";

    [TestCase(10_000, "null", false)]
    [TestCase(10_001, "null", true)]
    [TestCase(100_000, "\"auto\"", false)]
    public void ShouldBeRecommendedWhereFramesWouldBecomeVeryManyFiles(int frames, string layout, bool isWarned)
    {
        var plan = Document.PlanOf(
            $$"""[{"name": "t", "count": {{frames}}}, {"name": "y", "count": 64}, {"name": "x", "count": 64}]""",
            $$"""{"layout": {{layout}}}""");
        Assert.That(plan.Warnings, isWarned ? Has.One.Contains("10,001 files").And.Contain("\"auto\"") : Is.Empty);
    }
}
