using System.Globalization;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Tests;

/// <summary>What a session holds, and that it gives all of it back.</summary>
[NonParallelizable]
public unsafe class ResourceTests
{
    private const long MiB = 1 << 20;

    // The runtime's own threads allocate too while they compile, once; what each frame costs shows in every repetition.
    private const int Repetitions = 8;

    [Test]
    [Platform("Linux")]
    public void ShouldLeaveNoThreadAndNoMemoryBehindHoweverManySessionsEnd()
    {
        var plan = Given.Plan("t=?/2*8 y=1024/512*2 x=1024/512*2", "\"ring_frames\": 8");
        var pixels = new byte[plan.FrameBytes];
        var before = 0L;
        for (var round = 0; round < 200; round++)
        {
            using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), new NullStore());
            for (var frame = 0; frame < 9; frame++)
                Append(session, pixels);
            if (round % 2 == 0)
                session.BeginFinalize();
            else
                session.BeginAbort();
            Assert.That(session.WaitForEnd(Recording.GuardMs), Is.True);
            if (round == 20)
                before = ResidentBytes();
        }

        AssertNoThreadOfASessionIsLeft();
        Assert.That(ResidentBytes(), Is.LessThan(before + (64 * MiB)), "8 MiB a session would be 1440 MiB");
    }

    [Test]
    [Platform("Linux")]
    public void ShouldStartNoThreadAndCloseTheStoreWhenTheDatasetCannotBegin()
    {
        var plan = Given.Plan("t=?/1 y=4 x=4");
        var flaky = new FlakyStore(new MemoryStore());
        flaky.FailOn(StoreOperation.Begin, StoreErrorKind.AlreadyExists);
        var store = new WatchedStore(flaky);
        Assert.That(
            () => AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), store),
            Throws.TypeOf<StoreException>().With.Property("Kind").EqualTo(StoreErrorKind.AlreadyExists));
        Assert.That(store.IsDisposed, Is.True);
        AssertNoThreadOfASessionIsLeft();
    }

    [Test]
    [Platform("Linux")]
    public void ShouldCloseTheStoreWhenTheSystemDoesNotGiveThePlannedMemory()
    {
        // 7 slots, as many as 2 workers need, of 10^15 bytes: within the budget, and more than an address can reach.
        var plan = Given.Plan("t=?/1 y=100000000/1000 x=10000000/1000",
            "\"ring_frames\": 7, \"memory_budget_bytes\": 9007199254740991");
        var store = new WatchedStore(new MemoryStore());
        Assert.That(() =>
            AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), store), Throws.InstanceOf<OutOfMemoryException>());
        Assert.That(store.IsDisposed, Is.True);
    }

    [Test]
    public void ShouldAllocateNothingOnTheCameraThread()
    {
        // So short a ring that the camera often waits for a slot: that way has to be free of garbage too.
        var plan = Given.Plan("t=?/1*64 y=64/32*2 x=64/32*2", "\"append_timeout_ms\": -1, \"ring_frames\": 8");
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), new NullStore());
        var pixels = new byte[plan.FrameBytes];
        var least = long.MaxValue;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var frame = 0; frame < 5_000; frame++)
                Append(session, pixels);
            var skipped = session.Skip(10).Status;
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.That(skipped, Is.EqualTo(AppendStatus.Ok));
        }

        Assert.That(session.Stats().RingWaits, Is.Positive);
        Assert.That(least, Is.Zero);
    }

    [TestCase("t=400000/1*400000 y=16 x=16", "none", TestName = "ShouldAllocateNothingForEachFrameOfAnUncompressedShard")]
    [TestCase("t=400000/4*100000 y=16/8*2 x=16/8*2", "blosc-lz4", TestName =
        "ShouldAllocateNothingForEachChunkOfACompressedShard")]
    [TestCase("t=400000/4*100000 c=2/1*2 y=8 x=8", "zstd", TestName = "ShouldAllocateNothingForEachChunkOfInterleavedChannels")]
    [TestCase("t=400000/1 y=16 x=16", "none", TestName = "ShouldAllocateNothingForEachChunkThatIsAnObject")]
    public void ShouldAllocateNothing(string dimensions, string compression)
    {
        const int frames = 20_000;
        var plan = Given.Plan(dimensions, "\"append_timeout_ms\": -1", compression: compression);
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, 2), new NullStore());
        var pixels = new byte[plan.FrameBytes];
        var least = long.MaxValue;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var frame = 0; frame < frames; frame++)
                Append(session, pixels);
            Assert.That(session.Flush(Recording.GuardMs), Is.True);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // A flush makes the objects of one document. One of the smallest for each frame would be 24 x 20 000 bytes.
        Assert.That(least, Is.LessThan(2 * frames));
    }

    private static void Append(AcquisitionSession session, byte[] pixels)
    {
        fixed (byte* first = pixels)
        {
            var outcome =
                session.Append(new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex });
            if (outcome.Status != AppendStatus.Ok)
                Assert.Fail(outcome.Message!);
        }
    }

    // A thread that has been joined has run to its end; the system takes it off its list a moment later.
    private static void AssertNoThreadOfASessionIsLeft() =>
        Assert.That(SpinWait.SpinUntil(() => ThreadsOfSessions().Length == 0, Recording.GuardMs), Is.True,
            string.Join(", ", ThreadsOfSessions()));

    private static string[] ThreadsOfSessions() =>
    [
        .. Directory.EnumerateDirectories("/proc/self/task").Select(NameOf)
            .Where(name => name.StartsWith("omz", StringComparison.Ordinal)),
    ];

    // A thread of somebody else may end between the listing and the look.
    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
