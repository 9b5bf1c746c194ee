using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class FlushTests
{
    private static readonly Arbitrary<(Acquisition Acquisition, int Every)> Flushed = (
        from acquisition in Acquisition.Any.Generator
        from every in Gen.Choose(1, 7)
        select (acquisition, every)).ToArbitrary();

    [Test]
    public void ShouldShowEveryWholeChunkAndClaimNoPixelThatIsNotThere() => Prop.ForAll(Flushed, flushed =>
    {
        var (acquisition, every) = flushed;
        using var recording = new Recording(acquisition.Plan);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            var outcome = acquisition.Comes[frame] ? recording.Append(frame) : recording.Session.Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            if ((frame + 1) % every != 0)
                continue;
            Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
            AssertShown(recording, acquisition.Comes, frame + 1);
        }

        recording.Finish();
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
            Assert.That(acquisition.Comes[frame] ? recording.Holds(frame) : recording.IsBlank(frame), Is.True, $"frame {frame}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Test]
    public void ShouldNeverClaimPixelsThatAreNotThereWhileTheFlushLoopPublishes()
    {
        const int frames = 3_000;
        using var recording =
            new Recording(Given.Plan("t=?/3*2 c=2/1*1 y=8/4*2 x=8/4*2", durability: "\"flush_interval_ms\": 10"));
        var producer = Task.Run(() => recording.AppendFirst(frames));
        var grown = 0L;
        do
        {
            var extent = recording.Shape[0];
            Assert.That(extent, Is.GreaterThanOrEqualTo(grown));
            for (var frame = 2 * grown; frame < 2 * extent; frame++)
                Assert.That(recording.Holds(frame), Is.True, $"frame {frame} is claimed by a shape of {extent}");
            grown = extent;
        }
        while (!producer.IsCompleted);

        producer.GetAwaiter().GetResult();
        recording.Finish();
        Assert.That(recording.Shape[0], Is.EqualTo(frames / 2));
    }

    [Test]
    public void ShouldWaitNoLongerThanAskedAndShowEverythingLater()
    {
        using var recording = new Recording("t=?/1*4 y=4 x=4");
        using (recording.Store.Hold(StoreOperation.Append))
        {
            recording.AppendFirst(3);
            Assert.That(recording.Session.Flush(0), Is.False);
            Assert.That(recording.Session.Flush(1), Is.False);
        }

        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        Assert.That(Enumerable.Range(0, 3).All(frame => recording.Holds(frame)), Is.True);
    }

    [Test]
    public void ShouldNotWaitForAPublicationOfTheFlushLoopBeyondItsOwnTimeOut()
    {
        using var recording = new Recording(Given.Plan("t=?/1*4 y=4 x=4", durability: "\"flush_interval_ms\": 10"));
        using (recording.Store.Hold(StoreOperation.PublishFooter))
        {
            recording.AppendFirst(1);
            while (recording.Store.Arrived == 0)
                Thread.Yield();
            Assert.That(recording.Session.Flush(1), Is.False);
        }

        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
    }

    [Test]
    public void ShouldShowToEachOfManyThreadsWhatItAppendedBefore()
    {
        using var recording = new Recording("t=?/1*16 y=4 x=4", "\"producers\": 4");
        var next = -1L;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                var frame = Interlocked.Increment(ref next);
                recording.AppendAll([frame], named: true);
                Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
                Assert.That(recording.IsStored(frame), Is.True, $"frame {frame}");
            }
        });
        recording.Finish();
        Assert.That(Enumerable.Range(0, 200).All(frame => recording.Holds(frame)), Is.True);
    }

    private static void AssertShown(Recording recording, bool[] comes, int count)
    {
        var plan = recording.Plan;
        var array = plan.Arrays[0];
        if (array.UnboundedAxis >= 0)
        {
            var wholeSteps = count / plan.Router.FramesPerUnboundedStep;
            var chunk = array.ChunkShape[array.UnboundedAxis];
            Assert.That(recording.Shape[array.UnboundedAxis], Is.EqualTo(wholeSteps / chunk * chunk));
        }

        foreach (var frame in FramesOfWholeChunks(plan, count))
        {
            if (array.UnboundedAxis < 0 || recording.Read(frame) is not null)
                Assert.That(comes[frame] ? recording.Holds(frame)
                    : recording.IsBlank(frame), Is.True, $"frame {frame} after {count}");
        }
    }

    /// <summary>The frames of all chunks for which no frame is missing any more.</summary>
    private static IEnumerable<long> FramesOfWholeChunks(AcquisitionPlan plan, int count)
    {
        var array = plan.Arrays[0];
        var index = new long[plan.Router.FrameAxes];
        var byChunk = new Dictionary<string, List<long>>();
        for (var frame = 0L; frame < count; frame++)
        {
            plan.Router.Locate(frame, index);
            var chunk = string.Join('/', index.Select((i, axis) => i / array.ChunkShape[axis]));
            byChunk.TryAdd(chunk, []);
            byChunk[chunk].Add(frame);
        }

        return byChunk.Where(chunk => chunk.Value.Count == FramesIn(array, chunk.Key)).SelectMany(chunk => chunk.Value);
    }

    private static long FramesIn(ArrayPlan array, string chunk)
    {
        var frames = 1L;
        var numbers = chunk.Length == 0 ? [] : chunk.Split('/').Select(long.Parse).ToArray();
        for (var axis = 0; axis < numbers.Length; axis++)
        {
            var size = array.ChunkShape[axis];
            frames *= axis == array.UnboundedAxis ? size : Math.Min(size, array.Shape[axis] - numbers[axis] * size);
        }

        return frames;
    }
}
