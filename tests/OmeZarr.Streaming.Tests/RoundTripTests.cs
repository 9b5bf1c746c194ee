using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

public unsafe class RoundTripTests
{
    [Test]
    public void ShouldStoreEveryPixelWhereItBelongsWhateverTheLayout() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            var outcome = acquisition.Comes[frame] ? Append(session, Acquisition.Pixels(plan, frame)) : session.Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        Finish(session);
        AssertStored(acquisition, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldStoreEveryPixelWhenSeveralProducersAppendInAnyOrder() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        // A ring that holds every frame: whatever the order, no frame waits for another.
        // Frames that never come leave holes, at the end as well.
        acquisition.Settings["early_end"] = "keep";
        acquisition.Settings["pipeline"]!["producers"] = 3;
        acquisition.GiveEveryFrameASlot();
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var frames = Enumerable.Range(0, acquisition.Comes.Length).Where(frame => acquisition.Comes[frame]).ToArray();
        new Random(frames.Length).Shuffle(frames);
        Parallel.ForEach(frames, new ParallelOptions { MaxDegreeOfParallelism = 3 }, frame =>
        {
            var outcome = Append(session, Acquisition.Pixels(plan, frame), frame);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        });
        Finish(session);

        // An unbounded axis ends with the last frame that came.
        var seen = frames.Length == 0 ? 0 : frames.Max() + 1;
        AssertStored(plan.Router.UnboundedAxis >= 0 ? acquisition with { Comes = acquisition.Comes[..seen] }
            : acquisition, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static AppendOutcome Append(AcquisitionSession session, byte[] pixels, long index = FrameInput.NextIndex)
    {
        fixed (byte* first = pixels)
            return session.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = index });
    }

    private static void Finish(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That(session.Fault, Is.Null);
    }

    private static void AssertStored(Acquisition acquisition, AcquisitionPlan plan, MemoryStore store)
    {
        var expected = acquisition.Expected(plan, out var shape);
        using var reader = ArrayReader.Open(store.Get, plan.Arrays[0].Path);
        Assert.That(reader.Shape, Is.EqualTo(shape));
        Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True, $"pixels differ: {acquisition}");
        StoredLevels.AssertMadeFrom(plan.Cameras[0], 0, expected, shape, store, $"{acquisition}");
    }
}
