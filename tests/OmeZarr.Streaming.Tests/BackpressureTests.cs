using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class BackpressureTests
{
    private const int Ring = 8;

    [Test]
    public void ShouldWaitForASlotAndTakeTheFrameOnceOneIsFree()
    {
        using var recording = new Recording("t=64/1 y=4 x=4", $"\"ring_frames\": {Ring}, \"append_timeout_ms\": -1");
        Task waiting;
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendFirst(Ring);
            waiting = Task.Run(() => recording.AppendAll(Enumerable.Range(Ring, 64 - Ring).Select(frame => (long)frame)));
            while (recording.Session.Stats().RingWaits == 0)
                Thread.Yield();
        }

        Assert.That(waiting.Wait(Recording.GuardMs), Is.True);
        recording.Finish();
        Assert.That(Enumerable.Range(0, 64).All(frame => recording.Holds(frame)), Is.True);
        var stats = recording.Session.Stats();
        Assert.That((stats.FramesAppended, stats.FramesWritten, stats.RingHighWater, stats.RingOccupancy),
            Is.EqualTo((64L, 64L, Ring, 0)));
        Assert.That(stats.RingWaitNs, Is.Positive);
    }

    [TestCase(0)]
    [TestCase(1)]
    public void ShouldRefuseTheFrameWhenItsTimeHasPassedAndTakeItWhenItComesAgain(int timeoutMs)
    {
        using var recording = new Recording("t=64/1 y=4 x=4", $"\"ring_frames\": {Ring}, \"append_timeout_ms\": {timeoutMs}");
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendFirst(Ring);
            var refused = recording.Append(Ring);
            Assert.That(refused.Status, Is.EqualTo(AppendStatus.Timeout));
            Assert.That(refused.Message, Does.Contain($"{Ring} slots"));
        }

        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.AppendAll([Ring]);
        recording.Finish();
        Assert.That(Enumerable.Range(0, Ring + 1).All(frame => recording.Holds(frame)), Is.True);
    }

    [Test]
    public void ShouldRefuseTheFrameAtOnceWhenBackpressureIsFail()
    {
        using var recording = new Recording("t=64/1 y=4 x=4", $"\"ring_frames\": {Ring}, \"backpressure\": \"fail\"");
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendFirst(Ring);
            Assert.That(recording.Append(Ring).Status, Is.EqualTo(AppendStatus.RingFull));
        }

        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.AppendAll([Ring]);
        recording.Finish();
        Assert.That(recording.Session.Stats().FramesAppended, Is.EqualTo(Ring + 1));
        Assert.That(recording.Session.Stats().RingWaits, Is.EqualTo(1));
    }

    [TestCase("t=?/1 y=4 x=4", Ring, TestName = "ShouldDropAnyNumberOfFramesWithoutWaitingForAStoreThatHangs")]
    [TestCase("t=?/3*2 y=4/2*2 x=4/2*2", Ring, TestName = "ShouldDropFramesOfUnfinishedChunksWithoutWaiting")]
    [TestCase("t=?/3 y=4 x=4", 2, TestName = "ShouldDropFramesWithoutWaitingWhenAFrameWaitsForAnAssemblyBuffer")]
    public void ShouldDrop(string dimensions, int ring)
    {
        const int frames = 5_000;
        using var recording = new Recording(dimensions, $"\"ring_frames\": {ring}, \"backpressure\": \"drop\"");
        var taken = new bool[frames];
        using (recording.Store.Hold(StoreOperation.Put | StoreOperation.Append))
        {
            var producer = Task.Run(() =>
            {
                for (var frame = 0; frame < frames; frame++)
                {
                    var outcome = recording.Append(frame);
                    Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok).Or.EqualTo(AppendStatus.Dropped), outcome.Message);
                    taken[frame] = outcome.Status == AppendStatus.Ok;
                }
            });
            Assert.That(producer.Wait(Recording.GuardMs), Is.True, "the producer waits");
        }

        recording.Finish();
        var count = taken.Count(frame => frame);
        Assert.That(count, Is.LessThan(100), "the store was held all the time");
        var stats = recording.Session.Stats();
        Assert.That((stats.FramesAppended, stats.FramesWritten, stats.FramesDropped),
            Is.EqualTo(((long)count, (long)count, (long)frames - count)));
        Assert.That((long)recording.Outcome["frames_dropped"]!, Is.EqualTo(frames - count));
        Assert.That(recording.Shape[0], Is.EqualTo(frames));
        for (var frame = 0; frame < frames; frame += taken[frame] ? 1 : 97)
            Assert.That(taken[frame] ? recording.Holds(frame) : recording.IsBlank(frame), Is.True, $"frame {frame}");
    }

    [Test]
    public void ShouldSkipMoreFramesThanFitIntoTheWindow()
    {
        const long frames = 3_000_000;
        using var recording = new Recording("t=?/1000 y=1 x=1");
        Assert.That(recording.Session.Skip(frames).Status, Is.EqualTo(AppendStatus.Ok));
        recording.AppendAll([frames]);
        Assert.That(recording.Session.Skip(5).Status, Is.EqualTo(AppendStatus.Ok));
        recording.Finish();
        Assert.That(recording.Shape[0], Is.EqualTo(frames + 6));
        Assert.That(recording.Holds(frames), Is.True);
        Assert.That(recording.IsBlank(frames - 1), Is.True);
        Assert.That(recording.Keys.Count(key => key.StartsWith("0/c/", StringComparison.Ordinal)), Is.EqualTo(1),
            "no chunk without a frame is stored");
        Assert.That(recording.Session.Stats().FramesSkipped, Is.EqualTo(frames + 5));
    }

    [Test]
    public void ShouldRefuseToSkipFarBeyondAFrameThatIsMissing()
    {
        using var recording = new Recording("t=?/1000 y=1 x=1", "\"append_timeout_ms\": -1");
        recording.AppendAll([5], named: true);
        var outcome = recording.Session.Skip(2_000_000);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.FrameIndex));
        Assert.That(outcome.Message, Does.Contain("frame 0, which is missing"));
        recording.AppendAll(Enumerable.Range(0, 5).Select(frame => (long)frame), named: true);
        recording.Finish();
        Assert.That(Enumerable.Range(0, 6).All(frame => recording.Holds(frame)), Is.True);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void ShouldEndASkipThatWaitsForTheWindowWhenTheStreamEnds(bool abort)
    {
        using var recording = new Recording("t=?/1 y=1 x=1", "\"append_timeout_ms\": -1");
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendFirst(2);
            while (recording.Store.Arrived < 2)
                Thread.Yield();
            // Both workers are held: nobody sorts frames, and the window stays where it is.
            var skip = Task.Run(() => recording.Session.Skip(2 * FrameLedger.Window));
            while (recording.Session.InFlight.Drained.Waiting == 0)
                Thread.Yield();
            if (abort)
                recording.Session.BeginAbort();
            else
                recording.Session.BeginFinalize();
            Assert.That(skip.Wait(Recording.GuardMs), Is.True);
            Assert.That(skip.Result.Status, Is.EqualTo(AppendStatus.Finalized));
            Assert.That(skip.Result.Message, Does.Contain($"of {2 * FrameLedger.Window} frames were skipped"));
        }

        recording.AssertEnds();
        Assert.That(recording.Session.Fault, Is.Null);
        Assert.That(recording.Session.Stats().FramesSkipped, Is.InRange(1, FrameLedger.Window));
    }
}
