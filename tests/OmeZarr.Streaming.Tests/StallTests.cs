using System.Runtime.InteropServices;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

public unsafe class StallTests
{
    private const string WaitForEver = "\"append_timeout_ms\": -1";

    /// <summary>
    /// The shortest ring in which frames wait for their chunk of two: two frames, and a little for the workers.
    /// </summary>
    private const int ShortRing = 8;

    [Test]
    public void ShouldRefuseAFrameWhenEverySlotWaitsForFramesThatDoNotCome()
    {
        using var recording = new Recording("t=64/2 y=4 x=4", $"\"ring_frames\": {ShortRing}, {WaitForEver}");
        var everySecond = Every(2, ShortRing);
        recording.AppendAll(everySecond, named: true);
        var refused = recording.Append(2 * ShortRing, named: true);
        Assert.That(refused.Status, Is.EqualTo(AppendStatus.Stalled));
        Assert.That(refused.Message, Does.Contain("ring_frames"));
        Assert.That(recording.Session.AcquireSlot(-1, out _).Status, Is.EqualTo(AppendStatus.Stalled));
        recording.Finish();
        Assert.That(everySecond.All(recording.Holds), Is.True, "what was taken before is stored");
    }

    [Test]
    public void ShouldGoOnWhenTheMissingFramesAreLeftOut()
    {
        using var recording = new Recording("t=64/2 y=4 x=4", $"\"ring_frames\": {ShortRing}, {WaitForEver}");
        recording.AppendAll(Every(2, ShortRing).Reverse(), named: true);
        Assert.That(recording.Append(2 * ShortRing, named: true).Status, Is.EqualTo(AppendStatus.Stalled));
        // The last frame was number 0: number 1 is the next, and completes a chunk.
        Assert.That(recording.Session.Skip(1).Status, Is.EqualTo(AppendStatus.Ok));
        recording.AppendAll([2 * ShortRing], named: true);
        recording.Finish();
        Assert.That(recording.Holds(2 * ShortRing), Is.True);
    }

    [Test]
    public void ShouldNotTakeASlowStoreForAStall()
    {
        using var recording = new Recording("t=64/2 y=4 x=4", $"\"ring_frames\": {ShortRing}, {WaitForEver}");
        Task waiting;
        using (recording.Store.Hold(StoreOperation.Put))
        {
            // More than the ring and all batches on their way to the store hold.
            waiting = Task.Run(() => recording.AppendFirst(64));
            while (recording.Session.Stats().RingWaits == 0)
                Thread.Yield();
            Assert.That(waiting.Wait(100), Is.False, "it waits for the store");
        }

        Assert.That(waiting.Wait(Recording.GuardMs), Is.True);
        recording.Finish();
    }

    [Test]
    public void ShouldNotTakeSlotsOfACallerForAStall()
    {
        using var recording = new Recording("t=64/1 y=4 x=4", $"\"ring_frames\": {ShortRing}, {WaitForEver}");
        var slots = Enumerable.Range(0, ShortRing).Select(_ => Acquire(recording)).ToArray();
        var waiting = Task.Run(() => recording.Append(0));
        Assert.That(waiting.Wait(100), Is.False, "the caller may give a slot back");
        Assert.That(recording.Session.CancelSlot(slots[0]).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(waiting.Wait(Recording.GuardMs), Is.True);
        Assert.That(waiting.Result.Status, Is.EqualTo(AppendStatus.Ok));
        foreach (var slot in slots[1..])
            Assert.That(recording.Session.CancelSlot(slot).Status, Is.EqualTo(AppendStatus.Ok));
        recording.Finish();
    }

    [Test]
    public void ShouldNeverLookStalledWhileManyProducersCommitCancelAndAppend()
    {
        using var recording = new Recording("t=?/1 y=2 x=2", $"\"ring_frames\": {ShortRing}, \"producers\": 4, {WaitForEver}");
        var next = -1L;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, producer =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                if (i % 3 == 0)
                    recording.AppendAll([Interlocked.Increment(ref next)], named: true);
                else if (i % 3 == 1)
                    Assert.That(recording.Session.CancelSlot(Acquire(recording)).Status, Is.EqualTo(AppendStatus.Ok));
                else
                    Commit(recording, Acquire(recording), Interlocked.Increment(ref next));
            }
        });
        recording.Finish();
        Assert.That(recording.Session.Stats().FramesAppended, Is.EqualTo(next + 1));
    }

    [Test]
    public void ShouldFailWhenMoreChunksAreOpenThanThereAreAssemblyBuffersInsteadOfWaitingForEver()
    {
        using var recording = new Recording("t=64/2 y=4 x=4", $"\"ring_frames\": 2, {WaitForEver}");
        var refused = AppendEverySecondUntilRefused(recording);
        Assert.That(refused.Status, Is.EqualTo(AppendStatus.Failed));
        Assert.That(recording.Session.Fault!.Kind, Is.EqualTo(FaultKind.Stalled));
        Assert.That(recording.Session.Fault!.Message, Does.Contain("ring_frames"));
        Assert.That(recording.Session.Flush(-1), Is.True);
        Assert.That(recording.Session.Stats().RingOccupancy, Is.Zero, "every slot came back");
        recording.Session.BeginFinalize();
        recording.AssertEnds();
        Assert.That((bool)recording.Outcome["complete"]!, Is.False);
    }

    [Test]
    public void ShouldBearLateFramesWithLevelsAsWithoutThem()
    {
        using var recording =
            new Recording("t=64/16 y=4 x=4", $"\"ring_frames\": 8, {WaitForEver}", "\"pyramid\": {\"levels\": 2}");
        recording.AppendAll(Enumerable.Range(1, 60).Select(frame => (long)frame), named: true);
        recording.AppendAll([0, 61, 62, 63], named: true);
        recording.Finish();
        Assert.That(Enumerable.Range(0, 64).All(frame => recording.Holds(frame)), Is.True);
    }

    [TestCase("t=?/1 z=4/1 y=4 x=4", ExpectedResult = 2, TestName = "ShouldNeedRoomForABlockOfAStack")]
    [TestCase("z=4/1 c=3 y=4 x=4", ExpectedResult = 6, TestName = "ShouldNeedRoomForABlockOfAStackThatIsTakenChannelByChannel")]
    public int ShouldNeedRoomForABlock(string dimensions)
    {
        var pyramid = "\"pyramid\": {\"levels\": 2, \"factors\": {\"z\": 2}}";
        for (var frames = 2; ; frames++)
        {
            try
            {
                using var recording = new Recording(dimensions, $"\"ring_frames\": {frames}", pyramid);
                recording.AppendFirst(12);
                recording.Finish();
                return frames;
            }
            catch (MemoryBudgetException refused)
            {
                Assert.That(refused.Message, Does.Contain($"ring_frames is {frames}").And.Contain("pyramid.factors"));
            }
        }
    }

    [Test]
    public void ShouldLetAFrameGoOnOnceAnyPositionsChunkIsWritten()
    {
        // One chunk is open at a time, and each of two workers may have two more in hand: five buffers.
        using var recording = new Recording("p=2 t=10/2 y=4 x=4", $"\"ring_frames\": 2, {WaitForEver}");
        Task second;
        using (recording.Store.Hold(StoreOperation.Put))
        {
            recording.AppendAll([0, 1], named: true);
            while (recording.Store.Arrived < 1)
                Thread.Yield();
            recording.AppendAll([2, 4, 6, 8], named: true);
            second = Task.Run(() => recording.AppendAll([10, 11, 3, 5, 7, 9], named: true));
            while (recording.Session.Stats().RingWaits == 0)
                Thread.Yield();
            Assert.That(second.Wait(100), Is.False, "the second position waits for a buffer of the first");
        }

        Assert.That(second.Wait(Recording.GuardMs), Is.True);
        recording.Finish();
        Assert.That(recording.Session.Stats().FramesWritten, Is.EqualTo(12));
    }

    [Test]
    public void ShouldEndWithoutAFaultWhenItIsAbortedWhileAFrameWaitsForAnAssemblyBuffer()
    {
        using var recording = new Recording("t=64/2 y=4 x=4", $"\"ring_frames\": 2, {WaitForEver}");
        using (recording.Store.Hold(StoreOperation.Put))
        {
            var producer = Task.Run(() => recording.AppendUntilRefused());
            while (recording.Store.Arrived < 2 || recording.Session.Stats().RingWaits == 0)
                Thread.Yield();
            recording.Session.BeginAbort();
            Assert.That(producer.Wait(Recording.GuardMs), Is.True);
            Assert.That(producer.Result.Status, Is.EqualTo(AppendStatus.Finalized));
        }

        recording.AssertEnds();
        Assert.That(recording.Session.Fault, Is.Null);
        Assert.That(recording.Session.Stats().RingOccupancy, Is.Zero);
    }

    [Test]
    public void ShouldRefuseToBorrowAFrameWhenEveryBorrowedOneWaitsForFramesThatCannotCome()
    {
        const int chunk = MemoryPlan.MaxBorrowed + 1;
        using var recording = new Recording($"t={chunk}/{chunk} y=4 x=4", WaitForEver);
        var memory = NativeMemory.AllocZeroed((nuint)recording.Plan.FrameBytes);
        for (var i = 0; i < MemoryPlan.MaxBorrowed; i++)
            Assert.That(Lend(recording, memory).Status, Is.EqualTo(AppendStatus.Ok));
        var refused = Lend(recording, memory);
        Assert.That(refused.Status, Is.EqualTo(AppendStatus.Stalled));
        recording.AppendAll([MemoryPlan.MaxBorrowed]);
        recording.Finish();
        for (var i = 0; i < MemoryPlan.MaxBorrowed; i++)
            Assert.That(recording.Session.Borrowed.TryTakeReleased(out _), Is.True);
        NativeMemory.Free(memory);
    }

    private static long[] Every(int step, int count) => [.. Enumerable.Range(0, count).Select(i => (long)i * step)];

    private static AppendOutcome AppendEverySecondUntilRefused(Recording recording)
    {
        foreach (var frame in Every(2, 32))
        {
            var outcome = recording.Append(frame, named: true);
            if (outcome.Status != AppendStatus.Ok)
                return outcome;
        }

        throw new AssertionException("all frames were taken");
    }

    private static int Acquire(Recording recording)
    {
        Assert.That(recording.Session.AcquireSlot(-1, out var slot).Status, Is.EqualTo(AppendStatus.Ok));
        return slot;
    }

    private static void Commit(Recording recording, int slot, long frame)
    {
        var input = new FrameInput
        {
            Pixels = (byte*)recording.Session.SlotAddress(slot),
            Bytes = (ulong)recording.Plan.FrameBytes,
            Index = frame,
        };
        Assert.That(recording.Session.CommitSlot(slot, input).Status, Is.EqualTo(AppendStatus.Ok));
    }

    private static AppendOutcome Lend(Recording recording, void* memory) => recording.Session.AppendBorrowed(
        new FrameInput { Pixels = (byte*)memory, Bytes = (ulong)recording.Plan.FrameBytes, Index = FrameInput.NextIndex },
        token: 1);
}
