using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>What comes with the frames of several cameras in one stream.</summary>
public unsafe class CamerasTests
{
    private const string Pixel = """{"name": "y", "count": 1}, {"name": "x", "count": 1}""";
    private const string Growing = $$"""{"key": "a", "dimensions": [{"name": "t", "chunk_size": 4096}, {{Pixel}}]}, {"key": "b"}""";

    [Test]
    public void ShouldWriteTimesByTheClockOfEachCamera()
    {
        const long second = 1_000_000_000;
        using var session = Start(
            $$"""{"key": "a", "dimensions": [{"name": "t"}, {"name": "p", "count": 2}, {{Pixel}}]}, {"key": "b", "dimensions": [{"name": "t"}, {{Pixel}}]}""", out var store);
        for (var frame = 0; frame < 6; frame++)
            Assert.That(Append(session.Pipelines[0], Stamped((frame + 100) * second)), Is.EqualTo(AppendStatus.Ok));
        for (var frame = 0; frame < 2; frame++)
            Assert.That(Append(session.Pipelines[1], Stamped(long.MaxValue - (2 - frame) * second)), Is.EqualTo(AppendStatus.Ok));
        Finish(session);
        Assert.That(Times("a_0", "a/time_points/0"), Is.EqualTo(new[] { 0.0, 2, 4 }));
        Assert.That(Times("a_1", "a/time_points/1"), Is.EqualTo(new[] { 1.0, 3, 5 }), "images of a camera have one clock");
        Assert.That(Times("b", "b/time_points/2"), Is.EqualTo(new[] { 0.0, 1 }), "cameras have clocks of their own");

        double[] Times(string image, string path)
        {
            Assert.That((string?)AttributesOf(store, image)[DatasetMetadata.OwnNamespace]!["time_points"]!["path"],
                Is.EqualTo($"{FrameTableLayout.GroupPath}/{path}"));
            using var reader = ArrayReader.Open(store.Get, $"{FrameTableLayout.GroupPath}/{path}");
            return [.. MemoryMarshal.Cast<byte, double>(reader.ReadAll())];
        }
    }

    [Test]
    public void ShouldCountTheFramesOfAllCamerasForWhatDocumentsHaveRoomFor()
    {
        const int few = 40;
        using var session = Start(Growing, out var store);
        for (var frame = 0; frame <= FrameEntry.MostListed - few; frame++)
            Assert.That(Append(session.Pipelines[0], Stamped(frame)), Is.EqualTo(AppendStatus.Ok));
        for (var frame = 0; frame < few; frame++)
            Assert.That(Append(session.Pipelines[1], Stamped(frame)), Is.EqualTo(AppendStatus.Ok));
        Finish(session);
        var arrays = AttributesOf(store, "b")["ome_writers"]!["frame_metadata_arrays"]!;
        Assert.That(((string?)arrays["path"], (int)arrays["image"]!), Is.EqualTo(($"{FrameTableLayout.GroupPath}/b", 1)));
        Assert.That(new StoredFrames(store.Get, $"{FrameTableLayout.GroupPath}/b").Column<int>(FrameTableLayout.Image),
            Is.EqualTo(Enumerable.Repeat(1, few)));
    }

    [Test]
    public void ShouldTakeTheTextsOfACameraWhileAnotherHasNoRoomForMore()
    {
        using var session = Start(Growing, out var store, "\"ring_frames\": 150, \"backpressure\": \"fail\"");
        var text = $"{{\"long\": \"{new string('x', 65_000)}\"}}";
        using (store.Hold(StoreOperation.Put))
        {
            // All workers are held at the store, so that nobody takes frames from the rings.
            while (Append(session.Pipelines[0], default, text) == AppendStatus.Ok)
                Assert.That(session.Pipelines[0].Counters.FramesAppended, Is.LessThan(100));
            Assert.That(Append(session.Pipelines[1], default, text), Is.EqualTo(AppendStatus.Ok));
        }

        Finish(session);
        Assert.That(new StoredFrames(store.Get, $"{FrameTableLayout.GroupPath}/b").Texts(), Is.EqualTo(new[] { text }));
    }

    private static AcquisitionSession Start(string arrays, out FlakyStore store, string pipeline = "")
    {
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes($$"""
            {"root_path": "memory", "dtype": "uint8", "pipeline": { {{pipeline}} }, "durability": {"flush_interval_ms": 3600000}, "arrays": [{{arrays}}],
             "dimensions": [{"name": "t", "chunk_size": 1}, {{Pixel}}]}
            """));
        store = new FlakyStore(new MemoryStore());
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
    }

    private static FrameProperties Stamped(long nanoseconds) =>
        new() { Has = FrameProperty.Timestamp, TimestampNs = nanoseconds };

    private static AppendStatus Append(CameraPipeline pipeline, FrameProperties properties, string? json = null)
    {
        byte pixel = 1;
        var text = json is null ? [0] : Encoding.UTF8.GetBytes(json);
        fixed (byte* first = text)
        {
            return pipeline.Append(new FrameInput
            {
                Pixels = &pixel,
                Bytes = 1,
                Index = FrameInput.NextIndex,
                Properties = properties,
                Json = json is null ? null : first,
                JsonBytes = text.Length,
            }).Status;
        }
    }

    private static void Finish(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
    }

    private static JsonNode AttributesOf(FlakyStore store, string group) =>
        JsonNode.Parse(store.Get($"{group}/zarr.json"))!["attributes"]!;
}
