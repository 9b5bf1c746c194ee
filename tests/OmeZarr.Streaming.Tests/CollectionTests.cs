using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>Acquisitions of several images: positions, plates, and dimensions that an image has no axis for.</summary>
public unsafe class CollectionTests
{
    [Test]
    public void ShouldStoreEveryPixelInTheImageThatItBelongsTo() => Prop.ForAll(RandomCollections.Any, acquisition =>
    {
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            var outcome = acquisition.Comes[frame] ? Append(session, Acquisition.Pixels(plan, frame)) : session.Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That(session.Fault, Is.Null);
        for (var image = 0; image < plan.Images.Length; image++)
        {
            var expected = acquisition.Expected(plan, out var shape, image);
            using var reader = ArrayReader.Open(store.Get, plan.Arrays[image].Path);
            Assert.That(reader.Shape, Is.EqualTo(shape), acquisition.ToString());
            Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True,
                $"pixels of {plan.Images[image].Path} differ: {acquisition}");
            StoredLevels.AssertMadeFrom(plan.Cameras[0], image, expected, shape, store,
                $"{plan.Images[image].Path}: {acquisition}");
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void ShouldLetEveryImageGrowByItself()
    {
        var acquisition = new Acquisition
        {
            Settings = JsonNode.Parse("""
                {"root_path": "memory", "dtype": "uint8", "dimensions": [
                  {"name": "t", "chunk_size": 2}, {"name": "p", "coords": ["a", "b"], "type": "position"}, {"name": "y", "count": 3}, {"name": "x", "count": 4}]}
                """)!.AsObject(),
            Comes = [],
        };
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        Assert.That((Length("a"), Length("b")), Is.EqualTo((0, 0)));
        for (var frame = 0; frame < 3; frame++)
            Assert.That(Append(session, Acquisition.Pixels(plan, frame)).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(session.Flush(60_000), Is.True);
        Assert.That((Length("a"), Length("b")), Is.EqualTo((2, 0)), "the second chunk of b has one frame of two");
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That((Length("a"), Length("b")), Is.EqualTo((2, 2)));

        long Length(string image)
        {
            using var reader = ArrayReader.Open(store.Get, $"{image}/0");
            return reader.Shape[0];
        }
    }

    private static AppendOutcome Append(AcquisitionSession session, byte[] pixels)
    {
        fixed (byte* first = pixels)
            return session.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
    }
}
