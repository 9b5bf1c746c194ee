using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

public class RoundTripTests
{
    private static readonly Arbitrary<(Acquisition Acquisition, int Seed, bool Named)> Described = (
        from acquisition in Acquisition.Any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        from named in Gen.Elements(true, false)
        select (acquisition, seed, named)).ToArbitrary();

    private static readonly Arbitrary<(CameraSet Set, int Seed)> DescribedCameras = (
        from set in CameraSet.Any.Generator
        from seed in Gen.Choose(0, int.MaxValue)
        select (set, seed)).ToArbitrary();

    [Test]
    public void ShouldStoreWhatCameWithEachFrameAtItsNumberWhateverTheLayoutAndOrder() => Prop.ForAll(Described, described =>
    {
        var (acquisition, seed, named) = described;
        if (named)
        {
            acquisition.Settings["pipeline"]!["producers"] = 2;
            acquisition.GiveEveryFrameASlot();
        }

        using var recording = new Recording(acquisition.Plan);
        var random = new Random(seed);
        var given = new DescribedFrame[acquisition.Comes.Length];
        foreach (var frame in Order(acquisition, random, named))
        {
            if (!acquisition.Comes[frame])
            {
                Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
                continue;
            }

            given[frame] = DescribedFrame.Any(random);
            var outcome = recording.Append(frame, named, given[frame].Properties, given[frame].Json);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            if (random.Next(8) == 0)
                Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        }

        recording.Finish();
        ExpectedFrames.AssertStored(recording.Get, recording.Plan.Camera, given);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Test]
    public void ShouldKeepWhatCameWithTheFramesOfEachCameraApartHoweverTheyCome() => Prop.ForAll(DescribedCameras, described =>
    {
        var (set, seed) = described;
        var random = new Random(seed);
        foreach (var camera in set.Cameras.Where(_ => random.Next(2) == 0))
            GiveImages(camera.Settings);
        var plan = set.Plan;
        var store = new MemoryStore();
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var given = set.Cameras.Select(camera => new DescribedFrame[camera.Comes.Length]).ToArray();
        var lent = new List<byte[]>();
        var next = new int[set.Cameras.Length];
        foreach (var camera in set.Order)
        {
            var frame = next[camera]++;
            if (set.Cameras[camera].Comes[frame])
                given[camera][frame] = DescribedFrame.Any(random);
            var outcome = set.Cameras[camera].Comes[frame]
                ? Take(session.Pipelines[camera], random.Next(3), frame, given[camera][frame], lent)
                : session.Pipelines[camera].Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            if (random.Next(16) == 0)
                Assert.That(session.Flush(Recording.GuardMs), Is.True);
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        GC.KeepAlive(lent);
        Assert.That(session.Fault, Is.Null);
        var jsonBytes = given.Sum(ExpectedFrames.JsonBytes);
        for (var camera = 0; camera < given.Length; camera++)
            ExpectedFrames.AssertStored(store.Get, plan.Cameras[camera], given[camera], jsonBytes);
        AssertGroups(store, plan, [.. given.Select(frames => frames.Any(frame => frame.Resolved().IsKnown))]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    // Frames that carry their number come in any order, and those that do not come are not mentioned.
    private static int[] Order(Acquisition acquisition, Random random, bool named)
    {
        var frames = Enumerable.Range(0, acquisition.Comes.Length).ToArray();
        if (!named)
            return frames;
        var coming = frames.Where(frame => acquisition.Comes[frame]).ToArray();
        random.Shuffle(coming);
        return coming;
    }

    /// <summary>Makes positions of the channels, so that the camera has several images.</summary>
    private static void GiveImages(JsonObject settings)
    {
        var dimensions = settings["dimensions"]!.AsArray();
        for (var i = 0; i < dimensions.Count; i++)
        {
            if ((string?)dimensions[i]!["name"] == "c" && dimensions[i]!["count"] is { } count)
                dimensions[i] = new JsonObject { ["name"] = "p", ["count"] = count.DeepClone() };
        }
    }

    /// <summary>Hands a frame in: copied, in a slot, or where it lies.</summary>
    private static unsafe AppendOutcome Take(CameraPipeline pipeline, int way, long frame, DescribedFrame described,
        List<byte[]> lent)
    {
        var pixels = GC.AllocateUninitializedArray<byte>((int)pipeline.Plan.FrameBytes, pinned: true);
        Acquisition.Pixels(pipeline.Plan, frame).CopyTo(pixels, 0);
        lent.Add(pixels);
        var text = System.Text.Encoding.UTF8.GetBytes((described.Json ?? "") + '\0');
        fixed (byte* first = pixels, json = text)
        {
            var input = new FrameInput
            {
                Pixels = first,
                Bytes = (ulong)pixels.Length,
                Index = FrameInput.NextIndex,
                Properties = described.Properties,
                Json = described.Json is null ? null : json,
                JsonBytes = text.Length - 1,
            };
            if (way == 0)
                return pipeline.Append(input);
            if (way == 1)
                return pipeline.AppendBorrowed(input, (ulong)frame);
            var acquired = pipeline.AcquireSlot(Recording.GuardMs, out var slot);
            Assert.That(acquired.Status, Is.EqualTo(AppendStatus.Ok), acquired.Message);
            var place = (byte*)pipeline.SlotAddress(slot);
            pixels.CopyTo(new Span<byte>(place, pixels.Length));
            return pipeline.CommitSlot(slot, input with { Pixels = place });
        }
    }

    /// <summary>Cameras of whose frames something is known have a group, and the root says where.</summary>
    private static void AssertGroups(MemoryStore store, AcquisitionPlan plan, bool[] isKnown)
    {
        var own = JsonNode.Parse(store.Get("zarr.json"))!["attributes"]![DatasetMetadata.OwnNamespace]!;
        Assert.That((string?)own["frame_metadata"]?["path"],
            Is.EqualTo(isKnown.Any(known => known) ? FrameTableLayout.GroupPath : null));
        Assert.That(store.Get($"{FrameTableLayout.GroupPath}/zarr.json") is not null, Is.EqualTo(isKnown.Any(known => known)));
        for (var camera = 0; camera < isKnown.Length; camera++)
        {
            var path = $"{FrameTableLayout.GroupPath}/cam{camera}";
            Assert.That((string?)own["arrays"]![camera]!["frame_metadata"]?["path"], Is.EqualTo(isKnown[camera] ? path : null));
            Assert.That(store.Get($"{path}/zarr.json") is not null, Is.EqualTo(isKnown[camera]), plan.Cameras[camera].Key);
        }
    }
}
