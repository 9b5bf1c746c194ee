using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public class FaultTests
{
    // Without Complete: a shard whose index cannot be stored loses what was not flushed before.
    private const StoreOperation AnyWrite = StoreOperation.Put | StoreOperation.Create | StoreOperation.Append;

    /// <summary>Any acquisition, and how many writes succeed before the one that does not.</summary>
    private static readonly Arbitrary<(Acquisition Acquisition, int Successes)> Failing = (
        from acquisition in Acquisition.Any.Generator
        from successes in Gen.Choose(0, 40)
        select (acquisition, successes)).ToArbitrary();

    [Test]
    public void ShouldKeepWhatWasWrittenAndHangNowhereWhenAnyWriteFails() => Prop.ForAll(Failing, failing =>
    {
        var (acquisition, successes) = failing;
        using var recording = new Recording(acquisition.Plan);
        recording.Store.FailOn(AnyWrite, StoreErrorKind.NoSpace, successes, failures: 1);
        var taken = 0;
        for (; taken < acquisition.Comes.Length; taken++)
        {
            var outcome = acquisition.Comes[taken] ? recording.Append(taken) : recording.Session.Skip(1);
            if (outcome.Status == AppendStatus.Failed)
                break;
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        recording.Session.BeginFinalize();
        recording.AssertEnds();
        if (recording.Store.Failures > 0)
        {
            Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.NoSpace));
            Assert.That((bool)recording.Outcome["complete"]!, Is.False);
        }

        Assert.That(recording.Session.Stats().RingOccupancy, Is.Zero, "every slot came back");
        recording.AssertOnlyRightPixels(acquisition.Comes);
        // Unless it was metadata that could not be stored.
        if (recording.Session.Fault?.Message.Contains("zarr.json", StringComparison.Ordinal) != true)
        {
            recording.AssertTellsWhatIsThere(acquisition.Comes, taken);
            if (recording.Session.Fault is not null)
                recording.AssertLastChunkIsThere();
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldFailTheVeryNextAppendWithTheFirstError()
    {
        using var recording = new Recording("t=64/1 y=4 x=4");
        recording.AppendFirst(1);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Store.FailOn(StoreOperation.Put, StoreErrorKind.NoSpace);
        Assert.That(recording.Append(1).Status, Is.EqualTo(AppendStatus.Ok));
        while (recording.Session.Fault is null)
            Thread.Yield();
        recording.Store.FailOn(StoreOperation.Put, StoreErrorKind.AccessDenied);
        for (var frame = 2; frame < 5; frame++)
        {
            var refused = recording.Append(frame);
            Assert.That(refused.Status, Is.EqualTo(AppendStatus.Failed));
            Assert.That(refused.Message, Is.EqualTo(recording.Session.Fault!.Message).And.Contains("0/c/1/0/0"));
        }

        Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Failed));
        Assert.That(recording.Session.AcquireSlot(0, out _).Status, Is.EqualTo(AppendStatus.Failed));
        Assert.That(recording.Session.Stats().Errors, Is.EqualTo(1 + 5));
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.NoSpace), "the first error stays the first");
        Assert.That(recording.Holds(0), Is.True);
    }

    [TestCase(1)]
    [TestCase(4)]
    public void ShouldWakeEveryProducerThatWaitsForASlot(int producers)
    {
        using var recording = new Recording(
            "t=?/1 y=4 x=4", $"\"ring_frames\": 8, \"append_timeout_ms\": -1, \"producers\": {producers}");
        var named = producers > 1;
        Task<AppendOutcome>[] waiting;
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendAll(Enumerable.Range(0, 8).Select(frame => (long)frame), named);
            waiting = [.. Enumerable.Range(0, producers).Select(i => Task.Run(() => recording.Append(8 + i, named)))];
            while (recording.Session.Stats().RingWaits < producers)
                Thread.Yield();
            recording.Store.FailOn(StoreOperation.Put);
        }

        Assert.That(Task.WaitAll(waiting, Recording.GuardMs), Is.True);
        // Some may have found a slot of a frame that was release it before they saw the fault.
        Assert.That(waiting.Select(task => task.Result.Status),
            Is.All.Matches<AppendStatus>(status => status is AppendStatus.Failed or AppendStatus.Ok));
        Assert.That(recording.Append(100, named).Status, Is.EqualTo(AppendStatus.Failed));
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Stats().RingOccupancy, Is.Zero);
    }

    [Test]
    public void ShouldFailWhenAShardCannotBeCompleted()
    {
        using var recording = new Recording("t=?/1*2 y=4 x=4");
        recording.Store.FailOn(StoreOperation.Complete);
        var refused = recording.AppendUntilRefused();
        Assert.That(refused.Status, Is.EqualTo(AppendStatus.Failed));
        Assert.That(refused.Message, Does.Match("0/c/[0-9]+/0/0: "));
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    [Test]
    public void ShouldFailWhenASkippedChunkWasTheLastOfAShardThatCannotBeCompleted()
    {
        using var recording = new Recording("t=8/1*2 y=4 x=4", "\"ring_frames\": 2");
        recording.Store.FailOn(StoreOperation.Complete);
        recording.AppendFirst(1);
        Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
        while (recording.Session.Fault is null)
            Thread.Yield();
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.Io));
        Assert.That(recording.Session.InFlight.NoRecords && recording.Session.InFlight.NoJobs, Is.True);
    }

    [TestCase(StoreOperation.PublishFooter)]
    [TestCase(StoreOperation.Put)]
    public void ShouldFailWhenAFlushCannotShowWhatIsWritten(StoreOperation operation)
    {
        using var recording = new Recording("t=?/1*4 y=4 x=4");
        recording.AppendFirst(2);
        recording.Store.FailOn(operation, StoreErrorKind.AccessDenied);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True, "it has ended");
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.AccessDenied));
        Assert.That(recording.Append(2).Status, Is.EqualTo(AppendStatus.Failed));
    }

    [Test]
    public void ShouldFailWhenTheFlushLoopCannotPublishWhatIsWritten()
    {
        using var recording = new Recording(Given.Plan("t=?/1*4 y=4 x=4", durability: "\"flush_interval_ms\": 10"));
        recording.Store.FailOn(StoreOperation.PublishFooter);
        Assert.That(recording.AppendUntilRefused().Status, Is.EqualTo(AppendStatus.Failed));
    }

    [Test]
    public void ShouldStoreTheOtherDocumentsWhenOneOfTheFinalOnesFails()
    {
        using var recording = new Recording("t=?/1*4 y=4 x=4");
        recording.AppendFirst(3);
        Assert.That(recording.Session.TrySetMetadata("lab", System.Text.Json.Nodes.JsonValue.Create("A")), Is.True);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Store.FailOn(StoreOperation.Put, failures: 1);
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Message, Does.Contain("0/zarr.json"));
        Assert.That((string?)recording.Attributes["lab"], Is.EqualTo("A"), "the root was written");
        Assert.That((bool)recording.Outcome["complete"]!, Is.False, "and knows of the array's failure");
    }

    [TestCase(StoreOperation.Put)]
    [TestCase(StoreOperation.Sync)]
    public void ShouldEndWithAFaultWhenTheFinalMetadataCannotBeStored(StoreOperation operation)
    {
        using var recording = new Recording("t=2/1*2 y=4 x=4");
        recording.AppendFirst(2);
        Assert.That(recording.Session.Flush(Recording.GuardMs), Is.True);
        recording.Store.FailOn(operation);
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.Io));
        Assert.That(recording.Holds(0) && recording.Holds(1), Is.True);
    }

    [Test]
    public void ShouldTellOfTheFirstFaultOnceWhenEveryWorkerMeetsOne()
    {
        var told = 0;
        var plan = Given.Plan("t=64/1 y=4 x=4");
        var store = new FlakyStore(new MemoryStore());
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), store, _ => Interlocked.Increment(ref told));
        store.FailOn(StoreOperation.Put);
        using (store.Hold(StoreOperation.Put))
        {
            unsafe
            {
                fixed (byte* pixels = new byte[plan.FrameBytes])
                {
                    for (var frame = 0; frame < 8; frame++)
                        session.Append(new Intake.FrameInput { Pixels = pixels, Bytes = (ulong)plan.FrameBytes, Index = frame });
                }
            }

            while (store.Arrived < 2)
                Thread.Yield();
        }

        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(store.Failures, Is.GreaterThan(1));
        Assert.That(told, Is.EqualTo(1));
    }
}
