using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public unsafe class IntensityTests
{
    private static IEnumerable<TestCaseData> Types()
    {
        yield return new TestCaseData("uint8", 3, 250).SetArgDisplayNames("uint8");
        yield return new TestCaseData("int8", -100, 90).SetArgDisplayNames("int8");
        yield return new TestCaseData("uint16", 100, 4095).SetArgDisplayNames("uint16");
        yield return new TestCaseData("int16", -2000, 30000).SetArgDisplayNames("int16");
        yield return new TestCaseData("int32", -70000, 70000).SetArgDisplayNames("int32");
        yield return new TestCaseData("float32", -3, 5).SetArgDisplayNames("float32");
    }

    [TestCaseSource(nameof(Types))]
    public void ShouldShowEachChannelInTheWindowOfItsOwnPixels(string type, int least, int greatest)
    {
        var root = Write(type, channel => channel == 0 ? [least, greatest] : [greatest]);
        Assert.Multiple(() =>
        {
            Assert.That(Window(root, 0), Is.EqualTo((least, greatest, least, greatest)));
            Assert.That(Window(root, 1), Is.EqualTo((greatest, greatest + 1, greatest, greatest + 1)), "never without width");
        });
    }

    [Test]
    public void ShouldKnowTheLeastAndTheGreatestOfAllPixelsWhateverTheLayout() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        acquisition.Settings["dtype"] = "uint8";
        var plan = acquisition.Plan;
        var channels = new ChannelRoute(plan.Cameras.Single());
        var root = Written(plan, frame => Acquisition.Pixels(plan, frame), acquisition.Comes);
        foreach (var frames in Enumerable.Range(0, acquisition.Comes.Length).Where(frame => acquisition.Comes[frame])
            .GroupBy(frame => channels.Of(frame, 0)))
        {
            byte[] pixels = [.. frames.SelectMany(frame => Acquisition.Pixels(plan, frame))];
            var window = Window(root, (int)frames.Key);
            var isEven = pixels.Min() == pixels.Max();
            Assert.That(window.Min, Is.EqualTo(pixels.Min() - (isEven && pixels.Min() == byte.MaxValue ? 1 : 0)));
            Assert.That(window.Max, Is.EqualTo(isEven ? window.Min + 1 : pixels.Max()));
            Assert.That(window.Start, Is.InRange(window.Min, window.Max));
            Assert.That(window.End, Is.InRange(window.Start + 1, window.Max));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [TestCaseSource(nameof(Types))]
    public void ShouldCutTheFewDarkestAndBrightestPixelsOffTheWindowOfAnyType(string type, int least, int greatest)
    {
        // One of each in 4096; of the rest, half is a little brighter than the other half.
        var (low, high) = (least + (greatest - least) / 4, greatest - (greatest - least) / 4);
        var values = Enumerable.Repeat(low, 2047).Concat(Enumerable.Repeat(high, 2047));
        var window = Window(Write(type, _ => [least, greatest, .. values], width: 4096), 0);
        Assert.That((window.Min, window.Max), Is.EqualTo(((double)least, (double)greatest)));
        // Wide types are binned by the first digits of their values.
        double ErrorAt(int value) => type is "int32" or "float32" ? Math.Max(0.1, Math.Abs(value) / 100.0) : 0;
        Assert.That(window.Start, Is.EqualTo(low).Within(ErrorAt(low)));
        Assert.That(window.End, Is.EqualTo(high).Within(ErrorAt(high)));
    }

    [Test]
    public void ShouldNotLetAFewBrightSpotsMoveTheWindow()
    {
        // One hot pixel of 4096: beyond 99.9 percent.
        var values = Enumerable.Range(0, 4095).Select(i => 190 + i % 20).Append(60000).ToArray();
        Assert.That(Window(Write("uint16", _ => values, width: 4096), 0), Is.EqualTo((190, 60000, 190, 209)));
    }

    [TestCase("uint16", 100, 3000)]
    [TestCase("uint8", 0, 255)]
    [TestCase("float32", 100, 3000)]
    [TestCase("int32", -100, 3000)]
    public void ShouldShowSparseSpotsOnAnEvenBackground(string type, int background, int spot)
    {
        var values = Enumerable.Repeat(background, 4095).Append(spot).ToArray();
        Assert.That(Window(Write(type, _ => values, width: 4096), 0), Is.EqualTo((background, spot, background, spot)));
    }

    [Test]
    public void ShouldLookAtEveryRowOfASmallFrame() => Prop.ForAll(
        Gen.Choose(1, 40).SelectMany(height => Gen.Choose(0, height - 1).Select(row => (height, row))).ToArbitrary(), at =>
    {
        // One even row in noise: whoever sees that row alone shows nothing.
        var plan = Given.Plan($"y={at.height} x=64", type: "uint8");
        byte[] pixels = [.. Enumerable.Range(0, at.height * 64)
            .Select(i => (byte)(i / 64 == at.row ? 100 : 50 + i * 37 % 101))];
        var window = Window(Written(plan, _ => pixels), 0);
        double[] sorted = [.. pixels.Select(pixel => (double)pixel).Order()];
        if (sorted[0] == sorted[^1])
            return;
        Assert.That(window.Start, Is.EqualTo(sorted[(int)Math.Max(0, Math.Ceiling(sorted.Length * 0.001) - 1)]));
        Assert.That(window.End, Is.EqualTo(sorted[(int)Math.Ceiling(sorted.Length * 0.999) - 1]));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Test]
    public void ShouldMeasureTheFirstOfTheChannelsThatComeWithoutEndEachByItself()
    {
        const int Channels = 18;
        var plan = Given.Plan("c=? z=2 y=4 x=4", type: "uint8");
        var root = Written(plan, frame => [.. Enumerable.Repeat((byte)(10 * (frame / 2) + frame % 2), 16)],
            [.. Enumerable.Repeat(true, 2 * Channels)]);
        for (var channel = 0; channel < 16; channel++)
            Assert.That(Window(root, channel), Is.EqualTo((10 * channel, 10 * channel + 1, 10 * channel, 10 * channel + 1)));
        Assert.That(Window(root, 17), Is.EqualTo((0, 255, 0, 255)), "not measured");
    }

    [TestCase(1024, 10)]
    [TestCase(2048, 2)]
    public void ShouldSeeEveryPlaneOfAStackHoweverLongTheAcquisition(int side, int times)
    {
        // Many more pixels than are all looked at; each plane of the stack has a brightness of its own.
        var plan = Given.Plan($"t={times} z=16 y={side} x={side}", type: "uint8", compression: "blosc-lz4");
        byte[][] planes = [.. Enumerable.Range(0, 16).Select(z => Enumerable.Repeat((byte)(10 + 10 * z), side * side).ToArray())];
        Assert.That(Window(Written(plan, frame => planes[frame % 16]), 0), Is.EqualTo((10, 160, 10, 160)));
    }

    [TestCase("rgb8", 3)]
    [TestCase("bgr8", 3)]
    [TestCase("rgba8", 4)]
    public void ShouldShowAllColoursOfACameraInTheRangeOfTheirType(string format, int channels)
    {
        var plan = Given.Plan($"t=2 c={channels} y=17 x=50", more: $"\"frame\": {{\"pixel_format\": \"{format}\"}}",
            type: "uint8");
        var root = Written(plan, _ => [.. Enumerable.Range(0, 17 * 50 * channels).Select(i => (byte)(i % 100))]);
        for (var channel = 0; channel < channels; channel++)
            Assert.That(Window(root, channel), Is.EqualTo((0, 255, 0, 255)));
    }

    [Test]
    public void ShouldMeasureWhatIsAlreadyThereWhileAnImageGrows()
    {
        var plan = Given.Plan("t=100 y=16 x=16", type: "uint16");
        var store = new MemoryStore();
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        Append(session, [.. Enumerable.Range(0, 256).SelectMany(i => Bytes("uint16", 100 + i))]);
        Assert.That(session.Flush(60_000));
        Assert.That(Window(JsonNode.Parse(store.Get("zarr.json")!)!, 0), Is.EqualTo((100, 355, 100, 355)));
    }

    [Test]
    public void ShouldShowPackedPixelsInTheWindowOfTheirIntensities()
    {
        // Longer than what is unpacked at a time; 12 bits of 0xABC each.
        var plan = Given.Plan("y=9 x=2500", more: "\"frame\": {\"pixel_format\": \"mono12p\"}", type: "uint16");
        byte[] row = [.. Enumerable.Range(0, 1250).SelectMany(_ => new byte[] { 0xBC, 0xCA, 0xAB })];
        var window = Window(Written(plan, _ => [.. Enumerable.Repeat(row, 9).SelectMany(bytes => bytes)]), 0);
        Assert.That(window, Is.EqualTo((0xABC, 0xABD, 0xABC, 0xABD)));
    }

    private static (double Min, double Max, double Start, double End) Window(JsonNode root, int channel)
    {
        var window = root["attributes"]!["ome"]!["omero"]!["channels"]![channel]!["window"]!;
        return ((double)window["min"]!, (double)window["max"]!, (double)window["start"]!, (double)window["end"]!);
    }

    // Two channels, each filled with its values over and over.
    private static JsonNode Write(string type, Func<int, int[]> valuesOf, int width = 8)
    {
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes($$"""
            {"root_path": "memory", "dtype": "{{type}}", "dimensions": [{"name": "t", "count": 3}, {"name": "c", "coords": ["a", "b"]},
              {"name": "y", "count": 9}, {"name": "x", "count": {{width}}}]}
            """));
        return Written(plan, frame =>
        {
            var values = valuesOf(frame % 2);
            return [.. Enumerable.Range(0, 9 * width).SelectMany(i => Bytes(type, values[i % values.Length]))];
        });
    }

    private static JsonNode Written(AcquisitionPlan plan, Func<int, byte[]> pixelsOf, bool[]? comes = null)
    {
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        for (var frame = 0; frame < (comes?.Length ?? plan.Router.TotalFrames); frame++)
        {
            if (comes?[frame] == false)
            {
                Assert.That(session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
                continue;
            }

            Append(session, pixelsOf(frame));
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000));
        Assert.That(session.Fault, Is.Null);
        return JsonNode.Parse(store.Get("zarr.json")!)!;
    }

    private static void Append(AcquisitionSession session, byte[] pixels)
    {
        fixed (byte* first = pixels)
        {
            var outcome =
                session.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }
    }

    private static byte[] Bytes(string type, int value) => type switch
    {
        "uint8" or "int8" => [(byte)value],
        "uint16" or "int16" => BitConverter.GetBytes((short)value),
        "float32" => BitConverter.GetBytes((float)value),
        _ => BitConverter.GetBytes(value),
    };
}
