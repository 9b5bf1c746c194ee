using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Documents;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Pixels that are not of the dtype when they arrive.</summary>
public class FrameFormatTests
{
    private const string Colors = """[{"name": "t", "count": null}, {"name": "c", "count": 3}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]""";
    private const string Grey = """[{"name": "t", "count": null}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]""";

    [TestCase("mono10p", 7)]
    [TestCase("mono12p", 8)]
    [TestCase("mono12packed", 8)]
    public void ShouldKnowTheBytesOfPackedRows(string format, int row)
    {
        var plan = Plan(Grey, "uint16", $"\"pixel_format\": \"{format}\"");
        Assert.That(plan.FrameRowBytes, Is.EqualTo(row));
        Assert.That(plan.FrameBytes, Is.EqualTo(7 * row));
        Assert.That(plan.SlotBytes, Is.EqualTo(7 * row));
        Assert.That(plan.Arrays[0].DataType, Is.EqualTo(DataType.UInt16));
    }

    [TestCase("rgb8", "uint8", 3)]
    [TestCase("bgr8", "uint8", 3)]
    [TestCase("bgrx8", "uint8", 4)]
    [TestCase("rgba8", "uint8", 4)]
    [TestCase("bgra8", "uint8", 4)]
    [TestCase("rgb16", "uint16", 6)]
    [TestCase("bgr16", "uint16", 6)]
    [TestCase("rgba16", "uint16", 8)]
    [TestCase("bgra16", "uint16", 8)]
    public void ShouldCountFramesWithoutTheirColours(string format, string type, int pixel)
    {
        var plan = Plan(Colors.Replace("null", "10", StringComparison.Ordinal), type,
            $"\"pixel_format\": \"{format}\", \"alpha\": \"drop\"");
        Assert.That(plan.Router.TotalFrames, Is.EqualTo(10));
        Assert.That(plan.FrameBytes, Is.EqualTo(7 * 5 * pixel));
        Assert.That(plan.Arrays[0].Shape, Is.EqualTo(new long[] { 10, 3, 7, 5 }));
    }

    [TestCase("uint16", "\"pixel_format\": \"mono10p\"", 10)]
    [TestCase("uint16", "\"pixel_format\": \"mono12packed\"", 12)]
    [TestCase("uint16", "\"pixel_format\": \"mono12p\", \"significant_bits\": 11", 11)]
    [TestCase("uint16", "\"significant_bits\": 14", 14)]
    [TestCase("int16", "\"significant_bits\": 12", 12)]
    [TestCase("uint8", "\"row_stride\": 0", 8)]
    [TestCase("float32", "\"row_stride\": 0", null)]
    public void ShouldKnowTheBitsThatACameraFills(string type, string frame, int? bits) =>
        Assert.That(Plan(Grey, type, frame).Cameras[0].SignificantBits, Is.EqualTo(bits));

    [TestCase("uint16", "\"significant_bits\": 17", "frame.significant_bits: is `17`; must be a whole number from 1 to 16")]
    [TestCase("uint16", "\"pixel_format\": \"mono12p\", \"significant_bits\": 13",
        "frame.significant_bits: is `13`; must be a whole number from 1 to 12")]
    [TestCase("float64", "\"significant_bits\": 12", "frame.significant_bits: is for whole numbers")]
    public void ShouldRefuseBitsThatThePixelsDoNotHave(string type, string frame, string message) =>
        Assert.That(Problems(Grey, type, frame), Has.Some.StartsWith(message));

    [Test]
    public void ShouldLeaveRoomForWholeRowsAndForWhatFollows()
    {
        var plan = Plan(Grey, "uint16", "\"pixel_format\": \"mono12p\", \"row_stride\": 64");
        Assert.That((plan.FrameRowStride, plan.FrameBytes, plan.SlotBytes), Is.EqualTo((64L, 6L * 64 + 8, 7L * 64)));
        plan = Plan(Grey, "uint16", "\"pixel_format\": \"mono12p\", \"row_stride\": 64, \"slot_bytes\": 5000");
        Assert.That((plan.FrameBytes, plan.SlotBytes), Is.EqualTo((6L * 64 + 8, 5000L)));
    }

    [TestCase("uint8", "\"pixel_format\": \"mono12p\"",
        "frame.pixel_format: \"mono12p\" is stored as \"uint16\", which must be the dtype")]
    [TestCase("uint16", "\"pixel_format\": \"rgb8\"", "frame.pixel_format: \"rgb8\" is stored as \"uint8\"")]
    [TestCase("uint8", "\"pixel_format\": \"rgba8\"",
        "frame.pixel_format: its 4 colours need a dimension of type channel with count 4")]
    [TestCase("uint8", "\"pixel_format\": \"bgra8\"",
        "frame.pixel_format: its 4 colours need a dimension of type channel with count 4")]
    [TestCase("uint8", "\"alpha\": \"premultiplied\"", "frame.alpha: is")]
    [TestCase("uint8", "\"row_stride\": 4", "frame.row_stride: is `4`; must be at least 5")]
    [TestCase("uint8", "\"slot_bytes\": 34", "frame.slot_bytes: is `34`; must be at least 35")]
    [TestCase("uint8", "\"row_stride\": 6, \"slot_bytes\": 40", "frame.slot_bytes: is `40`; must be at least 41")]
    [TestCase("uint8", "\"row_stride\": -1", "frame.row_stride: is `-1`; must be a whole number")]
    [TestCase("uint8", "\"slot_bytes\": 0", "frame.slot_bytes: is `0`; must be a whole number")]
    public void ShouldRefuseWhatDoesNotFit(string type, string frame, string message) =>
        Assert.That(Problems(Colors, type, frame), Has.Some.StartsWith(message));

    [TestCase("""[{"name": "c", "count": 3}, {"name": "z", "count": 2}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]""")]
    [TestCase("""[{"name": "c", "count": 2}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]""")]
    [TestCase("""[{"name": "z", "count": 3}, {"name": "y", "count": 7}, {"name": "x", "count": 5}]""")]
    [TestCase("""[{"name": "y", "count": 7}, {"name": "x", "count": 5}]""")]
    public void ShouldRefuseColoursWithoutTheirDimension(string dimensions) =>
        Assert.That(Problems(dimensions, "uint8", "\"pixel_format\": \"bgr8\""),
            Has.Some.StartsWith("frame.pixel_format: its 3 colours need"));

    [Test]
    public void ShouldRefuseFramesOfMoreBytesThanCanBeCounted()
    {
        var dimensions = Grey.Replace("7", "4000000000", StringComparison.Ordinal);
        Assert.That(Problems(dimensions, "uint8", "\"row_stride\": 9007199254740991"),
            Has.Some.StartsWith("frame: 4,000,000,000 rows"));
    }

    [Test]
    public void ShouldWriteTheFormatBackAsItWasGiven()
    {
        var plan = Plan(Colors, "uint8",
            "\"pixel_format\": \"bgr8\", \"row_stride\": 16, \"slot_bytes\": 4096, \"significant_bits\": 7");
        var frame = LayoutDescription.Of(plan)["settings"]!["frame"]!;
        Assert.That(frame.ToJsonString(), Is.EqualTo(
            """{"pixel_format":"bgr8","row_stride":16,"slot_bytes":4096,"alpha":"keep","significant_bits":7}"""));
    }

    [Test]
    public void ShouldRouteEveryPlaneOfAFrameAsIfItCameAlone() => Prop.ForAll(
        Gen.Choose(2, 4).ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), Gen.Choose(0, 1)
            .ToArbitrary(), (planes, count, swapped) =>
        {
            RoutedDimension[] dimensions = [new(count, swapped), new(2, RoutedDimension.SelectsArray), new(planes, 1 - swapped)];
            var each = new FrameRouter(dimensions);
            var together = new FrameRouter(dimensions, planes);
            long[] expected = [0, 0], index = [0, 0];
            for (var plane = 0; plane < (count == 0 ? 50 : count * 2 * planes); plane++)
            {
                var array = each.Locate(plane, expected);
                Assert.That(together.Locate(plane / planes, plane % planes, index), Is.EqualTo(array));
                Assert.That(index, Is.EqualTo(expected));
                Assert.That(together.FrameAt(array, index), Is.EqualTo(plane / planes));
                Assert.That(together.UnboundedExtent(plane / planes + 1),
                    Is.EqualTo(each.UnboundedExtent(plane - plane % planes + planes)));
            }

            return together.TotalFrames == each.TotalFrames / planes;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldRefusePlanesThatAreNotTheLastDimension()
    {
        Assert.That(() => new FrameRouter([new(3, 0), new(2, 1)], 3), Throws.ArgumentException);
        Assert.That(() => new FrameRouter([], 3), Throws.ArgumentException);
        Assert.That(() => new FrameRouter([new(3, 0)], 0), Throws.ArgumentException);
        Assert.That(() =>
            new FrameRouter([new(3, 0)], 3).Locate(0, 3, new long[1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FrameRouter([new(0, 0), new(3, 1)], 3).Locate(long.MaxValue / 2, 0, new long[2]),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static AcquisitionPlan Plan(string dimensions, string type, string frame) =>
        Document.Plan(Json(dimensions, type, frame));

    private static IEnumerable<string> Problems(string dimensions, string type, string frame) =>
        Document.Problems(Json(dimensions, type, frame)).Select(problem => problem.ToString());

    private static string Json(string dimensions, string type, string frame) =>
        $$"""{"root_path": "run", "dtype": "{{type}}", "dimensions": {{dimensions}}, "frame": {{{frame}}} }""";
}
