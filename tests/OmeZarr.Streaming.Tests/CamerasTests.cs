using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Tests.Pyramid;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>Several cameras in one stream.</summary>
public unsafe class CamerasTests
{
    private const int GuardMs = 120_000;

    [Test]
    public void ShouldStoreEveryPixelOfEveryCameraInWhateverOrderFramesCome() => Prop.ForAll(CameraSet.Any, set =>
    {
        var store = new MemoryStore();
        var plan = set.Plan;
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var next = new int[set.Cameras.Length];
        foreach (var camera in set.Order)
            Take(session.Pipelines[camera], set.Cameras[camera], next[camera]++);
        Finish(session);
        AssertStored(set, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void ShouldTakeFramesOfDifferentCamerasFromThreadsAtTheSameTime() => Prop.ForAll(CameraSet.Any, set =>
    {
        var store = new MemoryStore();
        var plan = set.Plan;
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        Parallel.For(0, set.Cameras.Length, camera =>
        {
            for (var frame = 0; frame < set.Cameras[camera].Comes.Length; frame++)
                Take(session.Pipelines[camera], set.Cameras[camera], frame);
        });
        Finish(session);
        AssertStored(set, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Test]
    public void ShouldCountTheFramesOfEachCameraAndOfAll()
    {
        using var session = Start(out _, Growing("a", 4), Growing("b", 8));
        Append(session.Pipelines[0], 3);
        Append(session.Pipelines[1], 5);
        session.Pipelines[1].Skip(2);
        Assert.That(session.Flush(GuardMs), Is.True);
        var (sum, a, b) = (session.Stats(), session.Stats(session.Pipelines[0]), session.Stats(session.Pipelines[1]));
        Assert.That((a.FramesAppended, b.FramesAppended, sum.FramesAppended), Is.EqualTo((3, 5, 8)));
        Assert.That((a.FramesWritten, b.FramesWritten, sum.FramesWritten), Is.EqualTo((3, 5, 8)));
        Assert.That((a.FramesSkipped, b.FramesSkipped, sum.FramesSkipped), Is.EqualTo((0, 2, 2)));
        Assert.That(sum.BytesIn, Is.EqualTo(3 * 4 + 5 * 8));
        Assert.That(sum.RingCapacity, Is.EqualTo(a.RingCapacity + b.RingCapacity));
        Assert.That(sum.MemoryBytes, Is.GreaterThan(a.MemoryBytes + b.MemoryBytes));
        Assert.That(sum.AppendMaxNs, Is.EqualTo(Math.Max(a.AppendMaxNs, b.AppendMaxNs)));
        Finish(session);
    }

    [Test]
    public void ShouldLetEachCameraGrowByItself()
    {
        using var session = Start(out var store, Growing("a", 4), Growing("b", 8));
        Append(session.Pipelines[0], 3);
        Append(session.Pipelines[1], 7);
        Assert.That(session.Flush(GuardMs), Is.True);
        Assert.That(ShapeOf(store, "a"), Is.EqualTo(new long[] { 3, 1, 4 }), "a flush covers every camera");
        Assert.That(ShapeOf(store, "b"), Is.EqualTo(new long[] { 7, 1, 8 }));
        Append(session.Pipelines[0], 2);
        Finish(session);
        Assert.That(ShapeOf(store, "a"), Is.EqualTo(new long[] { 5, 1, 4 }));
        Assert.That(ShapeOf(store, "b"), Is.EqualTo(new long[] { 7, 1, 8 }));
    }

    [Test]
    public void ShouldTakeFramesOfACameraWhileAnotherHasNoFreeSlot()
    {
        using var session = Start(out var store, Growing("a", 4), Growing("b", 8), pipeline: "\"append_timeout_ms\": 0");
        var (full, free) = (session.Pipelines[0], session.Pipelines[1]);
        for (var i = 0; i < full.Slots; i++)
            Assert.That(full.AcquireSlot(0, out _).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(AppendOne(full, 0).Status, Is.EqualTo(AppendStatus.Timeout));
        Append(free, 5);
        for (var slot = 0; slot < full.Slots; slot++)
            full.CancelSlot(slot);
        Append(full, 1);
        Finish(session);
        Assert.That(ShapeOf(store, "b"), Is.EqualTo(new long[] { 5, 1, 8 }));
    }

    [Test]
    public void ShouldNotWaitForACameraThatAnotherThreadIsAppendingTo()
    {
        using var session = Start(out _, Growing("a", 4), Growing("b", 8));
        Assert.That(session.Pipelines[0].Gate.TryEnter(), Is.EqualTo(GatePass.Entered));
        Assert.That(AppendOne(session.Pipelines[0], 0).Status, Is.EqualTo(AppendStatus.Busy), "one thread a camera at a time");
        Assert.That(AppendOne(session.Pipelines[1], 0).Status, Is.EqualTo(AppendStatus.Ok));
        session.Pipelines[0].Gate.Leave();
        Finish(session);
    }

    [Test]
    public void ShouldFailForAllCamerasWhenTheStoreFailsForOne()
    {
        using var session = Start(out var store, Growing("a", 4), Growing("b", 8));
        store.FailOn(StoreOperation.Put, StoreErrorKind.NoSpace);
        Append(session.Pipelines[0], 1);
        Assert.That(session.Pipelines[0].WaitForWorkers(Deadline.After(GuardMs)), Is.True);
        var outcome = AppendOne(session.Pipelines[1], 0);
        store.Heal();
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Failed));
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(GuardMs), Is.True);
        Assert.That(session.Fault!.Kind, Is.EqualTo(FaultKind.NoSpace));
    }

    [Test]
    public void ShouldEndEveryCameraWhenAborted()
    {
        using var session = Start(out _, Growing("a", 4), Growing("b", 8));
        Append(session.Pipelines[0], 2);
        session.BeginAbort();
        Assert.That(session.WaitForEnd(GuardMs), Is.True);
        Assert.That(AppendOne(session.Pipelines[1], 0).Status, Is.EqualTo(AppendStatus.Finalized));
    }

    private static AcquisitionSession Start(out FlakyStore store, string first, string second, string pipeline = "")
    {
        var plan = AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(
            $$"""{"root_path": "memory", "dtype": "uint8", "pipeline": { {{pipeline}} }, "durability": {"flush_interval_ms": 3600000}, "arrays": [{{first}}, {{second}}]}"""));
        store = new FlakyStore(new MemoryStore());
        return AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
    }

    /// <summary>A camera of frames of one row, without end.</summary>
    private static string Growing(string key, int width) =>
        $$"""{"key": "{{key}}", "dimensions": [{"name": "t"}, {"name": "y", "count": 1}, {"name": "x", "count": {{width}} }]}""";

    private static void Append(CameraPipeline pipeline, int frames)
    {
        for (var frame = 0; frame < frames; frame++)
            Assert.That(AppendOne(pipeline, frame).Status, Is.EqualTo(AppendStatus.Ok));
    }

    private static AppendOutcome AppendOne(CameraPipeline pipeline, long frame)
    {
        var pixels = Acquisition.Pixels(pipeline.Plan, frame);
        fixed (byte* first = pixels)
            return pipeline.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
    }

    private static void Take(CameraPipeline pipeline, Acquisition camera, int frame)
    {
        var outcome = camera.Comes[frame] ? AppendOne(pipeline, frame) : pipeline.Skip(1);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), $"{pipeline.Key}, frame {frame}: {outcome.Message}");
    }

    private static void Finish(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(GuardMs), Is.True, "finalize did not end");
        Assert.That(session.Fault, Is.Null);
    }

    private static long[] ShapeOf(FlakyStore store, string key)
    {
        using var reader = ArrayReader.Open(store.Get, $"{key}/0");
        return [.. reader.Shape];
    }

    private static void AssertStored(CameraSet set, AcquisitionPlan plan, MemoryStore store)
    {
        for (var i = 0; i < set.Cameras.Length; i++)
        {
            var expected = set.Cameras[i].Expected(plan.Cameras[i], out var shape);
            using var reader = ArrayReader.Open(store.Get, plan.Cameras[i].Arrays[0].Path);
            Assert.That(reader.Shape, Is.EqualTo(shape), $"camera {i}");
            Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True, $"camera {i} has other pixels: {set}");
            StoredLevels.AssertMadeFrom(plan.Cameras[i], 0, expected, shape, store, $"camera {i}: {set}");
        }
    }
}
