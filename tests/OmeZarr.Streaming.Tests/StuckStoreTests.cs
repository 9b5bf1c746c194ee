using System.Runtime.InteropServices;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

/// <summary>What goes on, and what ends in time, while the store holds a thread for as long as it likes.</summary>
public unsafe class StuckStoreTests
{
    private const string Chunk = "/c/";

    [Test]
    public void ShouldWriteEveryOtherFrameWhileOneWorkerIsStuck([Values(2, 3, 4)] int workers, [Values("", "*2")] string shards)
    {
        // Of a shard's chunks only those of other shards can go on; without shards, all but one.
        const int frames = 40;
        var plan = Given.Plan($"t=?/1{shards} y=4/4{shards} x=4/4{shards}", $"\"workers\": {workers}, \"ring_frames\": 64");
        var store = new StuckStore(shards.Length > 0 ? StoreOperation.Append : StoreOperation.Put, Chunk);
        using var session = Start(plan, store);
        for (var round = 1; round <= 8; round++)
        {
            Append(session, plan, frames / 8);
            var expected = (round * frames / 8) - (shards.Length > 0 ? 2 : 1);
            AssertReaches(() => session.Stats().FramesWritten, expected);
        }

        store.Release();
        Finish(session);
        Assert.That(session.Stats().FramesWritten, Is.EqualTo(frames));
    }

    [Test]
    public void ShouldWriteOtherPositionsWhileTheShardOfOneIsStuck()
    {
        const int frames = 60;
        var plan = Given.Plan("t=?/1*1000 p=2 y=4/4*1 x=4/4*1", "\"ring_frames\": 128, \"workers\": 2");
        var store = new StuckStore(StoreOperation.Append, "^0/0/c/");
        using var session = Start(plan, store);
        Append(session, plan, 2 * frames);
        AssertReaches(() => session.Pipeline.ArrayOf(plan.Cameras[0].Levels[0], image: 1)?.Objects.ChunksWritten ?? 0, frames);
        store.Release();
        Finish(session);
        Assert.That(session.Stats().FramesWritten, Is.EqualTo(2 * frames));
    }

    [TestCase("drop")]
    [TestCase("fail")]
    public void ShouldRefuseNoBorrowedFrameWhileOneWorkerIsStuck(string backpressure)
    {
        var plan = Given.Plan("t=?/1 y=4 x=4", $"\"workers\": 4, \"backpressure\": \"{backpressure}\"");
        var store = new StuckStore(StoreOperation.Put, Chunk);
        using var session = Start(plan, store);
        var pixels = NativeMemory.AllocZeroed((nuint)plan.Cameras[0].FrameBytes);
        var frame = new FrameInput
        {
            Pixels = (byte*)pixels,
            Bytes = (ulong)plan.Cameras[0].FrameBytes,
            Index =
            FrameInput.NextIndex
        };
        long lent = 0, returned = 0;
        while (lent < 4000)
        {
            // Half of what can be lent at once: a camera that keeps up.
            for (; lent - returned < MemoryPlan.MaxBorrowed / 2; lent++)
                Assert.That(session.AppendBorrowed(frame, 1).Status, Is.EqualTo(AppendStatus.Ok));
            AssertReaches(() => returned += session.Borrowed.TryTakeReleased(out _) ? 1 : 0, lent - (MemoryPlan.MaxBorrowed / 4));
        }

        store.Release();
        Finish(session);
        NativeMemory.Free(pixels);
        Assert.That(session.Stats().FramesDropped, Is.Zero);
    }

    [Test]
    public void ShouldGiveUpAFlushInTimeWhenThePublicationIsStuck(
        [Values(StoreOperation.PublishFooter, StoreOperation.Put)] StoreOperation operation)
    {
        var plan = Given.Plan("t=?/1*8 y=4/4*1 x=4/4*1");
        var store = new StuckStore(operation, operation == StoreOperation.Put ? "^0/zarr" : "");
        using var session = Start(plan, store);
        Append(session, plan, 3);
        Assert.That(session.Flush(50), Is.False);
        Assert.That(store.IsStuck.IsSet, Is.True);
        Assert.That(session.Flush(1), Is.False, "nor does the next one wait for it");
        store.Release();
        Assert.That(session.Flush(Recording.GuardMs), Is.True);
        Finish(session);
    }

    [TestCase(StoreOperation.Put, Chunk, false, true)]
    [TestCase(StoreOperation.Put, "^zarr", false, false)]
    [TestCase(StoreOperation.Append, "", true, true)]
    [TestCase(StoreOperation.Complete, "", true, false)]
    [TestCase(StoreOperation.Create, "", true, true)]
    [TestCase(StoreOperation.Sync, "", true, false)]
    public void ShouldLeaveAnEndThatIsStuckToBeAskedForAgain(StoreOperation operation, string key, bool sharded,
        bool beforeTheEnd)
    {
        foreach (var abort in new[] { false, true })
        {
            var plan = Given.Plan(
                sharded ? "t=8/1*8 y=4/4*1 x=4/4*1" : "t=4/1 y=4 x=4",
                durability: "\"fsync\": \"finalize\", \"flush_interval_ms\": 3600000");
            var store = new StuckStore(operation, key);
            using var session = Start(plan, store);
            Append(session, plan, 4);
            if (beforeTheEnd)
                Assert.That(store.IsStuck.Wait(Recording.GuardMs), Is.True);
            else
                AssertReaches(() => session.Stats().FramesWritten, 4);
            if (abort)
                session.BeginAbort();
            else
                session.BeginFinalize();
            Assert.That(store.IsStuck.Wait(Recording.GuardMs), Is.True);
            Assert.That(session.WaitForEnd(0), Is.False);
            Assert.That(session.WaitForEnd(20), Is.False);
            store.Release();
            Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        }
    }

    [Test]
    public void ShouldUndoABeginningThatNobodyWaitsForAnyMore()
    {
        var plan = Given.Plan("t=4/1 y=4 x=4", "\"create_timeout_ms\": 20");
        var store = new StuckStore(StoreOperation.Begin);
        Assert.That(() => Start(plan, store), Throws.TypeOf<TimeoutException>().With.Message.Contains("create_timeout_ms"));
        Assert.That(store.IsCancelled, Is.True, "it may answer sooner");
        store.Release();
        Assert.That(store.IsDisposed.Wait(Recording.GuardMs), Is.True, "nobody has to ask for that");
        Assert.That(store.IsCommitted, Is.False, "the store is as it was");
    }

    [Test]
    public void ShouldNotWaitForADatasetThatTakesItsPlace([Values] bool fails)
    {
        var plan = Given.Plan("t=4/1 y=4 x=4", "\"create_timeout_ms\": 20");
        var store = new StuckStore(StoreOperation.Commit) { CommitFails = fails };
        using var session = Start(plan, store);
        Assert.That(store.IsStuck.IsSet, Is.True);
        Assert.That(session.Flush(0), Is.False);
        store.Release();
        if (!fails)
        {
            Append(session, plan, 4);
            Finish(session);
            return;
        }

        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True, "by itself");
        Assert.That(session.Fault!.Kind, Is.EqualTo(FaultKind.Io));
        Assert.That(store.IsCommitted, Is.False, "the store is as it was");
    }

    [Test]
    public void ShouldUndoABeginningThatFails([Values(StoreOperation.Begin, StoreOperation.Sync)] StoreOperation operation)
    {
        var plan = Given.Plan("t=4/1 y=4 x=4", durability: "\"fsync\": \"finalize\"");
        var memory = new StuckStore(StoreOperation.Create);
        var store = new FlakyStore(memory);
        store.FailOn(operation);
        Assert.That(() => Start(plan, store), Throws.TypeOf<StoreException>());
        Assert.That(memory.IsDisposed.IsSet, Is.True);
        Assert.That(memory.IsCommitted, Is.False);
    }

    [Test]
    public void ShouldGiveEveryBorrowedFrameBackAfterAFailure()
    {
        var plan = Given.Plan("t=?/16 y=4 x=4");
        var store = new FlakyStore(new MemoryStore());
        using var session = Start(plan, store);
        var pixels = NativeMemory.AllocZeroed((nuint)plan.Cameras[0].FrameBytes);
        var frame = new FrameInput
        {
            Pixels = (byte*)pixels,
            Bytes = (ulong)plan.Cameras[0].FrameBytes,
            Index =
            FrameInput.NextIndex
        };
        store.FailOn(StoreOperation.Put);
        ulong lent = 0;
        while (session.AppendBorrowed(frame, lent).Status == AppendStatus.Ok)
            lent++;
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Borrowed.HasEnded, Is.True);
        var tokens = new HashSet<ulong>();
        while (session.Borrowed.TryTakeReleased(out var token))
            Assert.That(tokens.Add(token), Is.True, "once each");
        Assert.That(tokens, Has.Count.EqualTo(lent));
        NativeMemory.Free(pixels);
    }

    private static AcquisitionSession Start(AcquisitionPlan plan, IWritableStore store) =>
        AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);

    private static void Append(AcquisitionSession session, AcquisitionPlan plan, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            fixed (byte* pixels = Acquisition.Pixels(plan, i))
            {
                var frame = new FrameInput
                {
                    Pixels = pixels,
                    Bytes = (ulong)plan.Cameras[0].FrameBytes,
                    Index =
                    FrameInput.NextIndex
                };
                Assert.That(session.Append(frame).Status, Is.EqualTo(AppendStatus.Ok));
            }
        }
    }

    private static void AssertReaches(Func<long> count, long expected) => Assert.That(
        SpinWait.SpinUntil(() => count() >= expected, Recording.GuardMs), Is.True, () => $"{count()} of {expected}");

    private static void Finish(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
        Assert.That(session.Fault, Is.Null);
    }
}
