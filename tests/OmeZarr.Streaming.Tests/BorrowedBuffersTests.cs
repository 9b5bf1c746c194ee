using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

/// <summary>A host that lends its few buffers always gets one back, whatever the chunks.</summary>
public sealed unsafe class BorrowedBuffersTests
{
    [Test]
    public void ShouldNeverStarveAHostWhateverTheChunks() => Prop.ForAll(
        Acquisition.Any, Gen.Choose(1, 12).ToArbitrary(), (acquisition, buffers) =>
        {
            var pipeline = acquisition.Settings["pipeline"]!.AsObject();
            pipeline.Remove("ring_frames");
            pipeline["borrowed_buffers"] = buffers;
            var plan = acquisition.Plan;
            if (!CanWork(plan, out var memory))
                return;
            Assert.That(memory.RingFrames, Is.Zero);
            var store = new MemoryStore();
            var session = AcquisitionSession.Start(plan, memory, store);
            using var camera = new LendingCamera(plan, buffers);
            foreach (var (frame, comes) in acquisition.Comes.Index())
            {
                Assert.That(camera.HasBuffer(session), $"no buffer came back of {buffers}: {acquisition}");
                var outcome = comes ? camera.Lend(session, Acquisition.Pixels(plan, frame)) : session.Skip(1);
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            }

            session.BeginFinalize();
            Assert.That(session.WaitForEnd(60_000), "finalize did not end");
            Assert.That(session.Fault, Is.Null);
            camera.TakeBack(session);
            Assert.That(camera.Out, Is.Zero, "every token came back");
            var stats = session.Stats();
            Assert.That((stats.FramesBorrowed, stats.FramesAppended), Is.EqualTo((
                (long)acquisition.Comes.Count(comes => comes), (long)acquisition.Comes.Count(comes => comes))));
            Assert.That((stats.BorrowedHeld, stats.BorrowedCapacity), Is.EqualTo((0, buffers)));
            var expected = acquisition.Expected(plan, out var shape);
            using var reader = ArrayReader.Open(store.Get, plan.Arrays[0].Path);
            Assert.That(reader.Shape, Is.EqualTo(shape));
            Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True, $"pixels differ: {acquisition}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Test]
    public void ShouldCopyOnlyWhereTheBuffersAreTooFew()
    {
        Assert.That(Memory("t=?/32 y=8 x=8", "\"borrowed_buffers\": 8").CopiesEarly, Is.True);
        Assert.That(Memory("t=?/32 y=8 x=8", "\"borrowed_buffers\": 64").CopiesEarly, Is.False);
        Assert.That(Memory("t=?/1 y=8 x=8", "\"borrowed_buffers\": 8").CopiesEarly, Is.False);
        Assert.That(Memory("t=?/32 y=8 x=8", "\"borrowed_buffers\": 64, \"ring_frames\": 8").CopiesEarly, Is.True,
            "frames may also come through the ring");
    }

    [Test]
    public void ShouldTakeNoMemoryForARingThatNobodyUses()
    {
        var lent = Memory("t=?/1 y=1024 x=1024", "\"borrowed_buffers\": 16");
        var copied = Memory("t=?/1 y=1024 x=1024", "\"workers\": 2");
        Assert.That(lent.RingBytes, Is.Zero);
        Assert.That(lent.TotalBytes, Is.LessThan(copied.TotalBytes / 2));
        Assert.That(Memory("t=?/1 y=1024 x=1024", "\"borrowed_buffers\": 16, \"ring_frames\": 4").RingFrames, Is.EqualTo(4));
    }

    [Test]
    public void ShouldRefuseBlocksOfMoreFramesThanThereAreBuffers() => Assert.That(
        () => Memory("z=16/1 y=8 x=8", "\"borrowed_buffers\": 3",
            "\"pyramid\": {\"levels\": 2, \"factors\": {\"z\": 4}}"),
        Throws.InstanceOf<MemoryBudgetException>().With.Message.Contain("pipeline.borrowed_buffers is 3")
            .And.Message.Contain("at least 4"));

    [TestCase("\"block\"")]
    [TestCase("\"fail\"")]
    [TestCase("\"drop\"")]
    public void ShouldSayThatThereIsNoRingToCopyInto(string backpressure)
    {
        var plan = Given.Plan("t=?/1 y=8 x=8", $"\"borrowed_buffers\": 2, \"backpressure\": {backpressure}");
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 1), new MemoryStore());
        var pixels = new byte[plan.FrameBytes];
        fixed (byte* first = pixels)
        {
            var frame = new FrameInput { Pixels = first, Bytes = (ulong)pixels.Length, Index = FrameInput.NextIndex };
            var outcome = session.Append(frame);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.NoRing));
            Assert.That(outcome.Message, Does.Contain("pipeline.borrowed_buffers").And.Contain("pipeline.ring_frames"));
        }

        Assert.That(session.AcquireSlot(-1, out _).Status, Is.EqualTo(AppendStatus.NoRing));
        Assert.That(session.Slots, Is.Zero);
        Assert.That(session.Stats().FramesDropped, Is.Zero);
    }

    private static MemoryPlan Memory(string dimensions, string pipeline, string more = "") =>
        MemoryPlan.For(Given.Plan(dimensions, pipeline, more), processors: 2);

    private static bool CanWork(AcquisitionPlan plan, out MemoryPlan memory)
    {
        try
        {
            memory = MemoryPlan.For(plan, processors: 2);
            return true;
        }
        catch (MemoryBudgetException refusal)
        {
            Assert.That(refusal.Message, Does.Contain("pipeline.borrowed_buffers"));
            memory = null!;
            return false;
        }
    }
}
