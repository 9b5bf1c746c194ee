using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Which dimensions are axes of the images, and which select them.</summary>
public class ImageAxesTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";

    [TestCase("t c z", "t c z")]
    [TestCase("c angle", "c angle", Description = "five dimensions stay one image, as they do in ome-writers")]
    [TestCase("t c z angle", "t c z")]
    [TestCase("angle phase t z", "t phase z")]
    [TestCase("angle t c phase", "t c")]
    [TestCase("t lag:time", "t")]
    [TestCase("lag:time dt:time", "dt")]
    [TestCase("z:channel c t", "t c")]
    [TestCase("w:space z", "z")]
    [TestCase("w:space v:space", "v")]
    [TestCase("lag:time:grows t", "lag")]
    [TestCase("n:other:grows c z t", "t n z")]
    [TestCase("n:other:grows c", "c n")]
    [TestCase("a b d e", "e")]
    public void ShouldKeepWhatAnImageHasRoomFor(string dimensions, string axes)
    {
        var json = string.Join(", ", dimensions.Split(' ').Select(dimension =>
        {
            var parts = dimension.Split(':');
            var count = parts.Length > 2 ? "null" : "2";
            return $$"""{"name": "{{parts[0]}}", "count": {{count}}, "type": {{(parts.Length > 1 ? $"\"{parts[1]}\"" : "null")}} }""";
        }));
        var plan = Document.PlanOf($"[{json}, {Frame}]");
        Assert.That(plan.Axes.SkipLast(2).Select(axis => axis.Name), Is.EqualTo(axes.Split(' ')));
        Assert.That(plan.Router.ArrayCount, Is.EqualTo(plan.Images.Length));
        Assert.That(() => Written.Of(plan), Throws.Nothing);
    }

    /// <summary>
    /// Any dimensions before the frame: what ome-writers accepts is accepted, and is OME-Zarr when it has several images.
    /// </summary>
    [Test]
    public void ShouldAcceptAnyDimensionsWithImagesThatStrictReadersTake() => Prop.ForAll(Dimensions, dimensions =>
    {
        var json = string.Join(", ", dimensions.Select((dimension, i) =>
            $$"""{"name": "d{{i}}", "type": {{dimension.Type}}, "count": {{(i == 0 && dimension.Grows ? "null" : dimension.Count)}} }"""));
        var plan = Document.PlanOf($"[{(json.Length > 0 ? json + ", " : "")}{Frame}]");
        var types = plan.Axes.Select(axis => axis.Type).ToArray();
        var customs = types.Count(type => type is null or DimensionType.Other or DimensionType.Channel);
        var written = Written.Of(plan);
        return plan.Axes.Length <= 5
            && types.Count(type => type == DimensionType.Time) <= 1
            && types.Count(type => type == DimensionType.Space) is 2 or 3
            && (customs <= 1 || dimensions.Length <= 3)
            && plan.Arrays.Length == plan.Router.ArrayCount
            && written.Keys.Count() >= 2 * plan.Images.Length
            && plan.Images.Select(image => image.Path.ToUpperInvariant()).Distinct().Count() == plan.Images.Length;
    }).QuickCheckThrowOnFailure();

    private static readonly Arbitrary<(string Type, int Count, bool Grows)[]> Dimensions = (
        from length in Gen.Choose(0, 6)
        from types in Gen.Elements("null", "\"time\"", "\"channel\"", "\"space\"", "\"other\"").ArrayOf(length)
        from counts in Gen.Choose(1, 3).ArrayOf(length)
        from grows in Gen.Elements(true, false)
        select types.Zip(counts, (type, count) => (type, count, grows)).ToArray()).ToArbitrary();
}
