using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Which dimensions are axes of the images, and which select them.</summary>
public class ImageAxesTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";

    [TestCase("t c z", "t c z")]
    [TestCase("c angle", "c", Description = "an image has channels or another kind")]
    [TestCase("angle c z", "c z")]
    [TestCase("a b", "b")]
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
    [TestCase("n:other:grows c", "n")]
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
    /// Any dimensions before the frame: what ome-writers accepts is accepted, and is OME-Zarr.
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
            && plan.Warnings.IsEmpty
            && types.Count(type => type == DimensionType.Time) <= 1
            && types.Count(type => type == DimensionType.Space) is 2 or 3
            && customs <= 1
            && plan.Arrays.Length == plan.Router.ArrayCount
            && written.Keys.Count() >= 2 * plan.Images.Length
            && plan.Images.Select(image => image.Path.ToUpperInvariant()).Distinct().Count() == plan.Images.Length;
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldKeepUpToFiveDimensionsInAnImageThatNeedNotConform()
    {
        var plan = Document.PlanOf(
            $$"""[{"name": "c", "count": 2}, {"name": "angle", "count": 3}, {{Frame}}]""", """{"allow_nonconforming": true}""");
        Assert.That(plan.Axes.Select(axis => axis.Name), Is.EqualTo(new[] { "c", "angle", "y", "x" }));
        Assert.That(plan.Structure, Is.EqualTo(DatasetStructure.Image));
        Assert.That(plan.Warnings.Single(), Does.StartWith(
            "breaks OME-Zarr, and strict readers refuse it: an image must have at most one axis of channels or of another kind, "
            + "and has c, angle"));
    }

    [TestCase("\"acquisition\"", "c, t, y, x")]
    [TestCase("""["c", "t", "y", "x"]""", "c, t, y, x")]
    public void ShouldRefuseAnOrderThatOmeZarrForbidsAndSayTheWaysOut(string order, string axes)
    {
        var dimensions = $$"""[{"name": "c", "count": 2}, {"name": "t", "count": 3}, {{Frame}}]""";
        var problem = Document.Problem(Document.Of(dimensions, $$"""{"storage_order": {{order}} }"""));
        Assert.That(problem, Does.StartWith("storage_order: breaks OME-Zarr: axes must be in the order time, channels or another "
            + $"kind, space, and are {axes}.").And.Contain("\"ome\"").And.Contain("`allow_nonconforming`: true"));
        var plan = Document.PlanOf(dimensions, $$"""{"storage_order": {{order}}, "allow_nonconforming": true}""");
        Assert.That(string.Join(", ", plan.Axes.Select(axis => axis.Name)), Is.EqualTo(axes));
        Assert.That(plan.Warnings.Single(), Does.Contain("axes must be in the order").And.Contain(axes));
    }

    [Test]
    public void ShouldRefuseAnAxisThatRunsBackwardsWhereTheVersionDoesAndSayTheWaysOut()
    {
        var dimensions = $$"""[{"name": "z", "count": 2, "scale": -2.5}, {{Frame}}]""";
        Assert.That(Document.PlanOf(dimensions).Warnings, Is.Empty);
        const string Newer = "\"ome_zarr_version\": \"0.6\"";
        var problem = Document.Problem(Document.Of(dimensions, $$"""{ {{Newer}} }"""));
        Assert.That(problem, Does.StartWith("dimensions: breaks OME-Zarr: in 0.6 a scale must be above 0, and it is negative "
            + "along z.").And.Contain("`ome_zarr_version`: \"0.5\"").And.Contain("`allow_nonconforming`: true"));
        var plan = Document.PlanOf(dimensions, $$"""{ {{Newer}}, "allow_nonconforming": true}""");
        Assert.That(plan.Warnings.Single(), Does.StartWith("breaks OME-Zarr").And.Contain("negative along z"));
    }

    private static readonly Arbitrary<(string Type, int Count, bool Grows)[]> Dimensions = (
        from length in Gen.Choose(0, 6)
        from types in Gen.Elements("null", "\"time\"", "\"channel\"", "\"space\"", "\"other\"").ArrayOf(length)
        from counts in Gen.Choose(1, 3).ArrayOf(length)
        from grows in Gen.Elements(true, false)
        select types.Zip(counts, (type, count) => (type, count, grows)).ToArray()).ToArbitrary();
}
