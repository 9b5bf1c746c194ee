using System.Text.Json.Nodes;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

public class StreamTests
{
    private static readonly string LongText = $"{{\"long\": \"{new string('x', 65_000)}\"}}";

    [Test]
    public void ShouldTakeMillionsOfFramesWithoutAllocatingOnTheCamerasThread()
    {
        const int frames = 1_000_000, warmUp = 20_000, mostHeldBytes = 8 << 20;
        var plan = Given.Plan("t=?/4096*64 y=1 x=1");
        var store = new NullStore();
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        long allocated = 0, held = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            if (frame == warmUp)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
                held = GC.GetTotalMemory(forceFullCollection: true);
            }

            if (AppendTyped(session, frame) != AppendStatus.Ok)
                Assert.Fail($"frame {frame} was not taken");
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.LessThan(frames / 100), "the camera's thread");
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - held, Is.LessThan(mostHeldBytes), "managed memory held");
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
        Assert.That(session.Stats().FramesAppended, Is.EqualTo(frames));
    }

    [Test]
    public void ShouldStoreManyChunksOfFramesInAnyOrder()
    {
        const int frames = 60_000;
        using var recording = new Recording("t=60000/1 y=1 x=1", "\"producers\": 2");
        var order = Enumerable.Range(0, frames).ToArray();
        // Now here, now there, over more chunks of the arrays than are in memory.
        foreach (var frame in order.OrderBy(frame => frame % 10).ThenBy(frame => frame))
        {
            var properties = default(FrameProperties);
            properties.Set(FrameProperty.DeltaT, frame * 0.5);
            var outcome = recording.Append(frame, named: true, properties, frame % 100 == 0 ? $"{{\"n\": {frame}}}" : null);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        recording.Finish();
        var stored = new StoredFrames(recording.Get);
        Assert.That(stored.Column<double>("delta_t"), Is.EqualTo(order.Select(frame => frame * 0.5)));
        Assert.That(stored.Texts(), Is.EqualTo(order.Select(frame => frame % 100 == 0 ? $"{{\"n\": {frame}}}" : null)));
        Assert.That(stored.Listed(recording.Plan.Images[0]), Is.Null, "too many to be listed");
        Assert.That((string?)recording.Attributes["ome_writers"]!["frame_metadata_arrays"]!["path"],
            Is.EqualTo(FrameTableLayout.GroupPath));
    }

    [Test]
    public void ShouldBeReadableAfterEachFlush()
    {
        using var recording = new Recording("t=?/4 y=4 x=4");
        for (var frame = 0; frame < 9; frame++)
        {
            recording.Append(frame, properties: At(frame), json: $"{{\"n\": {frame}}}");
            Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
            // As after a kill: only what is on the store.
            var stored = new StoredFrames(recording.Get);
            Assert.That(stored.Column<double>("delta_t")[..(frame + 2)],
                Is.EqualTo(Enumerable.Range(0, frame + 1).Select(n => (double)n).Append(double.NaN)));
            Assert.That(stored.Texts()[frame], Is.EqualTo($"{{\"n\": {frame}}}"));
        }

        recording.Session.BeginAbort();
        recording.AssertEnds();
        Assert.That(new StoredFrames(recording.Get).Length("delta_t"), Is.EqualTo(recording.Shape[0]),
            "an abort leaves what belongs to pixels");
    }

    [Test]
    public void ShouldLeaveNoTraceOfMetadataWhereThereIsNone()
    {
        using var recording = new Recording("t=4/1 y=4 x=4");
        recording.Append(0, json: "{}");
        recording.AppendAll([1, 2, 3]);
        recording.Finish();
        Assert.That(recording.Keys.Where(key => key.Contains("frame_metadata", StringComparison.Ordinal)), Is.Empty);
        Assert.That(recording.Attributes["ome_writers"], Is.Null);
    }

    [Test]
    public void ShouldStoreEveryFrameWhateverCameWithIt()
    {
        using var recording = new Recording("t=6/1 y=4 x=4");
        var wrong = default(FrameProperties);
        wrong.Set(FrameProperty.PositionX, double.NegativeInfinity);
        wrong.Set(FrameProperty.DeltaT, 7);
        AppendOutcome[] lossy =
        [
            recording.Append(0, json: "[]"), recording.Append(1, properties: wrong),
            recording.Append(2, json: LongText + new string(' ', 2000)),
            recording.Append(3, json: "{\"position_z\": \"high\", \"exposure_time\": 0.5, \"note\": \"n\"}"),
        ];
        Assert.That(lossy.Select(outcome => outcome.Status), Is.All.EqualTo(AppendStatus.MetadataLost));
        Assert.That(recording.Append(4, json: "{\"note\": null}").Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(recording.Append(5).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(recording.Session.Stats().FramesMetadataLost, Is.EqualTo(4));
        Assert.That(recording.Session.Stats().FramesAppended, Is.EqualTo(6));
        recording.Finish();
        Assert.That(Enumerable.Range(0, 6).All(frame => recording.Holds(frame)), Is.True);
        Assert.That(JsonNode.DeepEquals(recording.Attributes["ome_writers"]!["frame_metadata"], JsonNode.Parse("""
            [
              {"delta_t": 7, "storage_index": [1]},
              {"note": "n", "exposure_time": 0.5, "storage_index": [3]},
              {"note": null, "storage_index": [4]}
            ]
            """)), Is.True, recording.Attributes["ome_writers"]!.ToJsonString());
    }

    [Test]
    public void ShouldTellOnceForEachCameraThatMetadataAreLost()
    {
        using var recording = new Recording("t=100/1 y=4 x=4");
        var wrong = default(FrameProperties);
        wrong.Set(FrameProperty.PositionZ, double.NaN);
        for (var frame = 0; frame < 100; frame++)
            Assert.That(recording.Append(frame, properties: wrong).IsTaken, Is.True);
        Assert.That(recording.Warnings, Has.Count.EqualTo(1).And.One.Contains("position_z is not finite"));
    }

    [TestCase("fail", AppendStatus.RingFull)]
    [TestCase("drop", AppendStatus.Dropped)]
    [TestCase("block", AppendStatus.Timeout)]
    public void ShouldDoWhatBackpressureSaysWhenThereIsNoRoomForTexts(string backpressure, AppendStatus expected)
    {
        using var recording = new Recording("t=200/1 y=4 x=4",
            $"\"ring_frames\": 150, \"append_timeout_ms\": 50, \"backpressure\": \"{backpressure}\"");
        var taken = 0;
        using (recording.Store.Hold(StoreOperation.Put))
        {
            // Both workers are held at the store, so that nobody takes frames from the ring.
            AppendOutcome outcome;
            while ((outcome = recording.Append(taken, json: LongText)).Status == AppendStatus.Ok)
                taken++;
            Assert.That(outcome.Status, Is.EqualTo(expected), outcome.Message);
            Assert.That(taken, Is.LessThan(100));
            Assert.That(recording.Append(taken).Status, Is.EqualTo(AppendStatus.Ok),
                "a frame without a text needs no room for one");
        }

        recording.Finish();
        var texts = new StoredFrames(recording.Get).Texts();
        Assert.That(texts[..taken], Is.All.EqualTo(LongText));
        Assert.That(texts[taken..], Is.All.Null, "dropped frames have no record");
    }

    [Test]
    public void ShouldFailTheStreamWhenMetadataCannotBeStored()
    {
        using var recording = new Recording("t=?/4 y=4 x=4");
        recording.Append(0, properties: At(0));
        recording.Store.FailOn(StoreOperation.Put, StoreErrorKind.NoSpace);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True, "it has ended");
        Assert.That(recording.Append(1, properties: At(1), json: LongText).Status, Is.EqualTo(AppendStatus.Failed));
        recording.Store.Heal();
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.NoSpace));
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    [Test]
    public void ShouldWriteTheTimesOfTimePointsAwayFromTheLevelsOfTheirImages()
    {
        using var recording = new Recording(Given.Plan("t=3 p=2 c=2 y=4 x=4"));
        for (var frame = 0; frame < 12; frame++)
        {
            var properties = default(FrameProperties);
            properties.Has |= FrameProperty.Timestamp;
            properties.TimestampNs = 1_700_000_000_000_000_123 + frame * frame * 1_000_000_000L;
            Assert.That(recording.Append(frame, properties: frame == 4 ? default : properties).Status,
                Is.EqualTo(AppendStatus.Ok));
        }

        recording.Finish();
        Assert.That(recording.Plan.Images, Has.Length.EqualTo(2));
        Assert.That(Times(0), Is.EqualTo(new[] { 0, double.NaN, 64 }), "frames 0, 4, 8 by the camera's clock");
        Assert.That(Times(1), Is.EqualTo(new[] { 4.0, 36, 100 }), "frames 2, 6, 10");

        double[] Times(int image)
        {
            var path = $"OME/frame_metadata/time_points/{image}";
            var own = AttributesOfImage(recording, image)[DatasetMetadata.OwnNamespace]!;
            Assert.That((string?)own["time_points"]!["path"], Is.EqualTo(path));
            using var reader = ArrayReader.Open(recording.Get, path);
            Assert.That(reader.Metadata.DimensionNames, Is.EqualTo(new[] { "t" }));
            return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(reader.ReadAll())];
        }
    }

    [Test]
    public void ShouldKeepTheMetadataOfImagesApartAndWriteItBeforeTheEnd()
    {
        using var recording = new Recording(Given.Plan("p=2 t=2 y=4 x=4"));
        Assert.That(recording.Session.TrySetImageMetadata(1, "lab", JsonValue.Create("second")), Is.True);
        Assert.That(recording.Session.TrySetMetadata("lab", JsonValue.Create("all")), Is.True);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        AssertSet();
        recording.AppendFirst(4);
        recording.Finish();
        AssertSet();
        Assert.That(recording.Session.TrySetImageMetadata(0, "lab", JsonValue.Create("late")), Is.False);

        void AssertSet()
        {
            Assert.That(AttributesOf(0)["lab"], Is.Null);
            Assert.That((string?)AttributesOf(1)["lab"], Is.EqualTo("second"));
            Assert.That((string?)recording.Attributes["lab"], Is.EqualTo("all"));
        }

        JsonNode AttributesOf(int image) => AttributesOfImage(recording, image);
    }

    private static JsonNode AttributesOfImage(Recording recording, int image) =>
        JsonNode.Parse(recording.Get($"{recording.Plan.Images[image].Path}/zarr.json")!)!["attributes"]!;

    private static FrameProperties At(double seconds)
    {
        var properties = default(FrameProperties);
        properties.Set(FrameProperty.DeltaT, seconds);
        return properties;
    }

    private static unsafe AppendStatus AppendTyped(AcquisitionSession session, long frame)
    {
        var properties = At(frame * 1e-3);
        properties.Set(FrameProperty.ExposureTime, 1e-3);
        properties.Set(FrameProperty.PositionX, frame);
        properties.Has |= FrameProperty.Timestamp;
        properties.TimestampNs = frame * 1000;
        byte pixel = 1;
        var text = "{\"n\": 1}"u8;
        fixed (byte* json = text)
            return session.Append(new FrameInput
            {
                Pixels = &pixel,
                Bytes = 1,
                Index = FrameInput.NextIndex,
                Properties =
                properties,
                Json = json,
                JsonBytes = text.Length
            }).Status;
    }
}
