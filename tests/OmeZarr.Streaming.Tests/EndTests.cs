using System.Text.Json.Nodes;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class EndTests
{
    [Test]
    public void ShouldStoreChunksThatAreOnlyHalfFullWhenItIsFinalized()
    {
        using var recording = new Recording("t=?/4*2 y=4 x=4");
        recording.AppendFirst(6);
        recording.Finish();
        Assert.That(recording.Shape, Is.EqualTo(new long[] { 6, 4, 4 }));
        Assert.That(Frames(6).Select(recording.Holds), Is.All.True);
        Assert.That((bool)recording.Outcome["complete"]!, Is.True);
    }

    [Test]
    public void ShouldEndOnceHoweverManyThreadsFinalize()
    {
        using var recording = new Recording("t=?/4*2 y=4 x=4");
        recording.AppendFirst(6);
        Parallel.For(0, 8, _ => recording.Finish());
        recording.Finish();
        Assert.That(Frames(6).Select(recording.Holds), Is.All.True);
    }

    [Test]
    public void ShouldStoreExactlyTheFramesThatItTookWhenItIsFinalizedMeanwhile()
    {
        for (var round = 0; round < 60; round++)
        {
            using var recording = new Recording(Given.Plan("t=?/3 y=2 x=2", durability: "\"flush_interval_ms\": 10"));
            var producer = Task.Run(() => recording.AppendUntilRefused());
            while (recording.Session.Stats().FramesAppended < round)
                Thread.Yield();
            recording.Session.BeginFinalize();
            Assert.That(producer.Wait(Recording.GuardMs), Is.True);
            Assert.That(producer.Result.Status, Is.EqualTo(AppendStatus.Finalized));
            recording.AssertEnds();
            var taken = (int)recording.Session.Stats().FramesAppended;
            Assert.That(recording.Shape[0], Is.EqualTo(Math.Max(1, taken)), "no array is left empty");
            Assert.That(Frames(taken).All(recording.Holds), Is.True);
        }
    }

    [Test]
    public void ShouldSayThatItIsNotCompleteWhenAnAbortOvertakesTheFinalize()
    {
        using var recording = new Recording("t=8/1 y=4 x=4");
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendFirst(8);
            recording.Session.BeginFinalize();
            recording.Session.BeginAbort();
        }

        recording.AssertEnds();
        Assert.That(recording.Session.WasAborted, Is.True);
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    [Test]
    public void ShouldStayCompleteWhenAnAbortComesAfterTheEnd()
    {
        using var recording = new Recording("t=4/1 y=4 x=4");
        recording.AppendFirst(4);
        recording.Finish();
        recording.Session.BeginAbort();
        Assert.That(recording.Session.WasAborted, Is.False);
        Assert.That(Frames(4).Select(recording.Holds), Is.All.True);
    }

    [Test]
    public void ShouldLeaveTheFinalDocumentsAloneWhenAFlushComesLate()
    {
        for (var round = 0; round < 100; round++)
        {
            using var recording = new Recording("t=?/1 c=2/2 y=2 x=2");
            recording.AppendFirst(9);
            var flush = Task.Run(() =>
            {
                while (!recording.Session.IsEnding)
                    Thread.Yield();
                for (var i = 0; i < 20; i++)
                    recording.Session.Flush(Recording.GuardMs);
            });
            recording.Finish();
            Assert.That(flush.Wait(Recording.GuardMs), Is.True);
            Assert.That(recording.Shape[0], Is.EqualTo(5));
            Assert.That((bool)recording.Outcome["complete"]!, Is.True);
        }
    }

    [Test]
    public void ShouldCompleteTheOtherShardsWhenOneFails()
    {
        // Cut back, it would end before the frame that is not whole.
        using var recording = new Recording("t=8/1*8 y=4/2*1 x=4/2*1", more: "\"early_end\": \"keep\"");
        recording.AppendFirst(3);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Append(3);
        recording.Store.FailOn(StoreOperation.Complete, StoreErrorKind.Io, failures: 1);
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.Io));
        Assert.That(Frames(3).Select(recording.Holds), Is.All.True);
        var last = recording.Read(3)!;
        var whole = Acquisition.Pixels(recording.Plan, 3);
        Assert.That(last.Where((pixel, i) => pixel == whole[i]).Count(), Is.EqualTo(12),
            "three of four shards have the last frame");
    }

    [Test]
    public void ShouldTakeMetadataUntilItIsWrittenAndRefuseItAfterwards()
    {
        using var recording = new Recording("t=1/1 y=4 x=4");
        Assert.That(recording.Session.TrySetMetadata("lab", JsonValue.Create(1)), Is.True);
        Assert.That(recording.Session.TrySetMetadata("lab", JsonValue.Create(2)), Is.True);
        recording.AppendFirst(1);
        recording.Finish();
        Assert.That(recording.Session.TrySetMetadata("lab", JsonValue.Create(3)), Is.False);
        Assert.That((int)recording.Attributes["lab"]!, Is.EqualTo(2));
    }

    [Test]
    public void ShouldRefuseFramesOnceItIsEnding()
    {
        using var recording = new Recording("t=4/1 y=4 x=4");
        recording.Session.BeginFinalize();
        Assert.That(recording.Session.IsEnding, Is.True);
        Assert.That(recording.Append(0).Status, Is.EqualTo(AppendStatus.Finalized));
        Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Finalized));
        Assert.That(recording.Session.AcquireSlot(0, out _).Status, Is.EqualTo(AppendStatus.Finalized));
    }

    [Test]
    public void ShouldWaitForItsEndNoLongerThanAsked()
    {
        using var recording = new Recording("t=4/1 y=4 x=4");
        Assert.That(recording.Session.WaitForEnd(0), Is.False);
        recording.Append(0);
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.Session.BeginFinalize();
            Assert.That(recording.Session.WaitForEnd(1), Is.False);
        }

        recording.AssertEnds();
    }

    private static IEnumerable<long> Frames(int count) => Enumerable.Range(0, count).Select(frame => (long)frame);
}
