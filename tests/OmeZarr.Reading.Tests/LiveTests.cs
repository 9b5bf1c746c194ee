using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Reading.Arrays;
using OmeZarr.Stores;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Intake;
using OmeZarrNative;

namespace OmeZarr.Reading.Tests;

/// <summary>A running stream, read in the same process.</summary>
public unsafe class LiveTests
{
    private const int GuardMs = 120_000;

    [Test]
    public void ShouldSeeEveryFrameOnceItsAppendHasReturnedWhateverTheLayout() => Prop.ForAll(
        Streaming.Tests.Acquisition.Any, acquisition =>
        {
            var plan = acquisition.Plan;
            var store = new MemoryStore();
            var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
            using var dataset = Dataset.Open(store, "", new LiveStream(session));
            var random = new Random(acquisition.Comes.Length);
            for (var frame = 0; frame < acquisition.Comes.Length; frame++)
            {
                Append(session, plan, frame, acquisition.Comes[frame]);
                dataset.Refresh();
                AssertFrame(dataset, plan, frame, acquisition.Comes, random);
                AssertFrame(dataset, plan, random.Next(frame + 1), acquisition.Comes, random);
            }

            session.BeginFinalize();
            Assert.That(session.WaitForEnd(GuardMs), Is.True);
            Assert.That(session.Fault, Is.Null);
            for (var frame = 0; frame < acquisition.Comes.Length; frame++)
                AssertFrame(dataset, plan, frame, acquisition.Comes, random);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Test]
    public void ShouldReadWhileAnotherThreadAppends()
    {
        const int frames = 2000;
        var plan = AcquisitionPlanner.Plan("""
            {"root_path": "memory", "dtype": "uint16", "compression": "none", "pipeline": {"ring_frames": 16, "workers": 2},
             "dimensions": [{"name": "t", "count": null, "chunk_size": 8, "shard_size_chunks": 4},
                            {"name": "y", "count": 16, "chunk_size": 8, "shard_size_chunks": 2},
                            {"name": "x", "count": 16, "chunk_size": 16, "shard_size_chunks": 1}]}
            """u8);
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        bool[] comes = [.. Enumerable.Repeat(true, frames)];
        long appended = 0, looks = 0;
        var camera = new Thread(() =>
        {
            for (var frame = 0; frame < frames; frame++)
            {
                // Or all frames are there before the first look.
                SpinWait.SpinUntil(() => Volatile.Read(ref looks) >= frame / 20, GuardMs);
                Append(session, plan, frame, comes: true);
                Volatile.Write(ref appended, frame + 1);
            }
        });
        camera.Start();
        using var dataset = Dataset.Open(store, "", new LiveStream(session));
        var random = new Random(1);
        for (var newest = 0L; newest < frames; newest = Volatile.Read(ref appended))
        {
            if (newest == 0)
                continue;
            dataset.Refresh();
            AssertFrame(dataset, plan, newest - 1, comes, random);
            AssertFrame(dataset, plan, random.NextInt64(newest), comes, random);
            Interlocked.Increment(ref looks);
        }

        camera.Join();
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
    }

    private static void Append(AcquisitionSession session, AcquisitionPlan plan, long frame, bool comes)
    {
        fixed (byte* pixels = Streaming.Tests.Acquisition.Pixels(plan, frame))
        {
            var bytes = (ulong)plan.Cameras[0].FrameBytes;
            var input = new FrameInput { Pixels = pixels, Bytes = bytes, Index = FrameInput.NextIndex };
            var outcome = comes ? session.Pipelines[0].Append(input) : session.Pipelines[0].Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }
    }

    /// <summary>A random window of a frame, every so manieth row and column of it.</summary>
    private static void AssertFrame(Dataset dataset, AcquisitionPlan plan, long frame, bool[] comes, Random random)
    {
        var array = dataset.Image(0).Level(0).Array;
        var shape = array.Metadata.Shape;
        var start = new long[shape.Length];
        _ = plan.Router.Locate(frame, start);
        // An axis may end before frames that were left out.
        if (!comes[frame] && start.Where((index, axis) => index >= shape[axis]).Any())
            return;
        var count = shape.Select((_, axis) => axis < shape.Length - 2 ? 1L : 0).ToArray();
        var step = shape.Select(_ => 1L).ToArray();
        for (var axis = shape.Length - 2; axis < shape.Length; axis++)
        {
            step[axis] = random.Next(1, 4);
            start[axis] = random.NextInt64(shape[axis]);
            count[axis] = random.NextInt64((shape[axis] - start[axis] + step[axis] - 1) / step[axis] + 1);
        }

        var region = Region.Of(shape.AsSpan(), start, count, step);
        var size = array.Metadata.Type.Size;
        var found = new byte[region.Elements * size];
        fixed (byte* first = found)
            array.Read(region, first, found.Length, [], random.Next(2) == 0 ? -1 : GuardMs);

        var pixels = comes[frame] ? Streaming.Tests.Acquisition.Pixels(plan, frame) : new byte[plan.Cameras[0].FrameBytes];
        var expected = new List<byte>();
        for (var row = 0; row < count[^2]; row++)
        {
            for (var column = 0; column < count[^1]; column++)
            {
                var pixel = (start[^2] + row * step[^2]) * shape[^1] + start[^1] + column * step[^1];
                expected.AddRange(pixels.AsSpan((int)pixel * size, size));
            }
        }

        Assert.That(found, Is.EqualTo(expected), $"frame {frame}");
    }
}
