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
            Assert.That(Window(root, 1), Is.EqualTo((greatest, greatest, greatest, greatest)));
        });
    }

    [Test]
    public void ShouldKnowTheLeastAndTheGreatestOfAllPixelsWhateverTheLayout() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        acquisition.Settings["omero"] = true;
        acquisition.Settings["dtype"] = "uint8";
        var plan = acquisition.Plan;
        var channels = new ChannelRoute(plan.Cameras.Single());
        var root = Written(plan, frame => Acquisition.Pixels(plan, frame), acquisition.Comes);
        foreach (var frames in Enumerable.Range(0, acquisition.Comes.Length).Where(frame => acquisition.Comes[frame])
            .GroupBy(frame => channels.Of(frame, 0)))
        {
            byte[] pixels = [.. frames.SelectMany(frame => Acquisition.Pixels(plan, frame))];
            var window = Window(root, (int)frames.Key);
            Assert.That((window.Min, window.Max), Is.EqualTo(((double)pixels.Min(), (double)pixels.Max())));
            Assert.That(window.Start, Is.InRange(window.Min, window.End));
            Assert.That(window.End, Is.LessThanOrEqualTo(window.Max));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [TestCaseSource(nameof(Types))]
    public void ShouldCutTheFewDarkestAndBrightestPixelsOffTheWindowOfAnyType(string type, int least, int greatest)
    {
        // One of each in 4096, in rows that are looked at; the rest lies between.
        var middle = (least + greatest) / 2;
        var window = Window(Write(type, _ => [least, greatest, .. Enumerable.Repeat(middle, 4094)], width: 4096), 0);
        Assert.That((window.Min, window.Max), Is.EqualTo(((double)least, (double)greatest)));
        // Wide types are binned by the first digits of their values.
        var error = type is "int32" or "float32" ? Math.Max(0.5, Math.Abs(middle) / 100.0) : 0;
        Assert.That((window.Start, window.End), Is.EqualTo(((double)middle, (double)middle)).Within(error));
    }

    [Test]
    public void ShouldCutTheFewBrightestPixelsOffTheWindow()
    {
        // One hot pixel of 4096 in a row that is looked at: beyond 99.9 percent.
        var values = Enumerable.Repeat(200, 4095).Append(60000).ToArray();
        var window = Window(Write("uint16", _ => values, width: 4096), 0);
        Assert.That(window, Is.EqualTo((200, 60000, 200, 200)));
    }

    [Test]
    public void ShouldShowEachColourInTheWindowOfItsOwnPixels()
    {
        var plan = Given.Plan("t=2 c=3 y=17 x=50", more: "\"omero\": true, \"frame\": {\"pixel_format\": \"bgr8\"}");
        byte[] pixels = [.. Enumerable.Range(0, 17 * 50).SelectMany(_ => new byte[] { 30, 20, 10 })];
        var root = Written(plan, _ => pixels);
        for (var channel = 0; channel < 3; channel++)
            Assert.That(Window(root, channel).Start, Is.EqualTo(10 * (channel + 1)), "red, green, blue");
    }

    [Test]
    public void ShouldShowPackedPixelsInTheWindowOfTheirIntensities()
    {
        // Longer than what is unpacked at a time; 12 bits of 0xABC each.
        var plan = Given.Plan("y=9 x=2500", more: "\"omero\": true, \"frame\": {\"pixel_format\": \"mono12p\"}", type: "uint16");
        byte[] row = [.. Enumerable.Range(0, 1250).SelectMany(_ => new byte[] { 0xBC, 0xCA, 0xAB })];
        var window = Window(Written(plan, _ => [.. Enumerable.Repeat(row, 9).SelectMany(bytes => bytes)]), 0);
        Assert.That(window, Is.EqualTo((0xABC, 0xABC, 0xABC, 0xABC)));
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

            var pixels = pixelsOf(frame);
            fixed (byte* first = pixels)
            {
                var outcome =
                    session.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            }
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000));
        Assert.That(session.Fault, Is.Null);
        return JsonNode.Parse(store.Get("zarr.json")!)!;
    }

    private static byte[] Bytes(string type, int value) => type switch
    {
        "uint8" or "int8" => [(byte)value],
        "uint16" or "int16" => BitConverter.GetBytes((short)value),
        "float32" => BitConverter.GetBytes((float)value),
        _ => BitConverter.GetBytes(value),
    };
}
