using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests;

public unsafe class ZeroCopyTests
{
    private const string Small = """
        {"root_path": "memory", "dtype": "uint8", "compression": "none", "pipeline": {"workers": 2, "ring_frames": 4, "append_timeout_ms": 0},
         "dimensions": [{"name": "t", "count": 8}, {"name": "y", "count": 3}, {"name": "x", "count": 5}]}
        """;

    [Test]
    public void ShouldNeverReadABorrowedFrameAfterItsTokenCameBack() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        acquisition.Settings["pipeline"]!.AsObject().Remove("ring_frames");
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var camera = new LendingCamera(plan, buffers: 3 + acquisition.Comes.Length);
        for (var frame = 0; frame < acquisition.Comes.Length; frame++)
        {
            camera.TakeBack(session);
            var outcome = acquisition.Comes[frame] ? camera.Lend(session, Acquisition.Pixels(plan, frame)) : session.Skip(1);
            Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        }

        End(session);
        camera.TakeBack(session);
        Assert.That(camera.Out, Is.Zero, "every token came back");
        camera.Dispose();
        AssertStored(acquisition, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    // Addresses at the ends of memory, where a sum of address and size wraps around.
    [TestCase(0UL)]
    [TestCase(1UL)]
    [TestCase(ulong.MaxValue)]
    [TestCase(ulong.MaxValue - 14)]
    [TestCase(ulong.MaxValue - 4096)]
    [TestCase(1UL << 63)]
    public void ShouldRefuseToCommitPixelsOutsideTheSlot(ulong address)
    {
        var plan = AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(Small));
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 1), new MemoryStore());
        Assert.That(session.AcquireSlot(0, out var slot).Status, Is.EqualTo(AppendStatus.Ok));
        var frame = new FrameInput { Pixels = (byte*)address, Bytes = 15, Index = FrameInput.NextIndex };
        Assert.That(session.CommitSlot(slot, frame).Status, Is.EqualTo(AppendStatus.FrameSize));
        var first = (byte*)session.SlotAddress(slot);
        foreach (var offset in new[] { -1L, session.SlotBytes - 14, session.SlotBytes, long.MaxValue })
            Assert.That(session.CommitSlot(slot, frame with { Pixels = first + offset }).Status,
                Is.EqualTo(AppendStatus.FrameSize), $"{offset}");
        Assert.That(session.CommitSlot(slot, frame with { Pixels = first + session.SlotBytes - 15 }).Status,
            Is.EqualTo(AppendStatus.Ok));
    }

    [Test]
    public void ShouldStoreFramesThatACameraWroteIntoSlotsInAnyOrder() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        acquisition.Settings["pipeline"]!.AsObject().Remove("ring_frames");
        acquisition.Settings["early_end"] = "keep";
        var plan = acquisition.Plan;
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var random = new Random(acquisition.Comes.Length);
        for (var frame = 0; frame < acquisition.Comes.Length; frame += 2)
        {
            // Two slots at a time, committed in either order: each frame names its number.
            var slots = new List<(int Slot, long Frame)>();
            for (var i = frame; i < Math.Min(frame + 2, acquisition.Comes.Length); i++)
            {
                if (acquisition.Comes[i])
                    slots.Add((Fill(session, Acquisition.Pixels(plan, i)), i));
            }

            if (random.Next(2) == 0)
                slots.Reverse();
            foreach (var (slot, number) in slots)
            {
                var outcome = session.CommitSlot(slot, InSlot(session, slot, number));
                Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
            }
        }

        End(session);
        var seen = Array.FindLastIndex(acquisition.Comes, comes => comes) + 1;
        AssertStored(plan.Router.UnboundedAxis >= 0 ? acquisition with { Comes = acquisition.Comes[..seen] }
            : acquisition, plan, store);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Test]
    public void ShouldGiveEveryTokenBackWhenTheStreamIsAborted()
    {
        var plan = Plan(Small.Replace("\"name\": \"t\", \"count\": 8", "\"name\": \"t\", \"count\": 8, \"chunk_size\": 8"));
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), new MemoryStore());
        using var camera = new LendingCamera(plan, buffers: 5);
        for (var frame = 0; frame < 5; frame++)
            Assert.That(camera.Lend(session, Acquisition.Pixels(plan, frame)).Status, Is.EqualTo(AppendStatus.Ok));
        session.BeginAbort();
        Assert.That(session.WaitForEnd(60_000));
        camera.TakeBack(session);
        Assert.That(camera.Out, Is.Zero);
    }

    [Test]
    public void ShouldLimitTheFramesThatAreOutAndMakeRoomAsTheyAreReleased()
    {
        // All wait for one chunk that lacks a frame.
        var plan = Plan(Small
            .Replace("\"ring_frames\": 4, ", "")
            .Replace("\"count\": 8", $"\"count\": 1000, \"chunk_size\": {MemoryPlan.MaxBorrowed + 1}"));
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), new MemoryStore());
        using var camera = new LendingCamera(plan, buffers: MemoryPlan.MaxBorrowed + 1);
        for (var frame = 0; frame < MemoryPlan.MaxBorrowed; frame++)
            Assert.That(camera.Lend(session, Acquisition.Pixels(plan, frame)).Status, Is.EqualTo(AppendStatus.Ok));
        Assert.That(camera.Lend(session, Acquisition.Pixels(plan, 0)).Status,
            Is.EqualTo(AppendStatus.Stalled).Or.EqualTo(AppendStatus.Timeout));
        fixed (byte* last = Acquisition.Pixels(plan, 0))
        {
            var frame = new FrameInput { Pixels = last, Bytes = (ulong)plan.FrameBytes, Index = FrameInput.NextIndex };
            Assert.That(session.Append(frame).Status, Is.EqualTo(AppendStatus.Ok));
        }

        Assert.That(session.Flush(60_000));
        Assert.That(camera.Lend(session, Acquisition.Pixels(plan, 0)).Status, Is.EqualTo(AppendStatus.Ok));
        End(session);
        camera.TakeBack(session);
        Assert.That(camera.Out, Is.Zero);
    }

    [Test]
    public void ShouldRefuseSlotsThatAreNotTheCallers()
    {
        var plan = Plan(Small);
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), new MemoryStore());
        var slot = Fill(session, Acquisition.Pixels(plan, 0));
        var frame = InSlot(session, slot, FrameInput.NextIndex);
        Assert.Multiple(() =>
        {
            Assert.That(session.CommitSlot(-1, frame).Status, Is.EqualTo(AppendStatus.NotOwned));
            Assert.That(session.CommitSlot(session.Slots, frame).Status, Is.EqualTo(AppendStatus.NotOwned));
            Assert.That(session.CommitSlot((slot + 1) % session.Slots, InSlot(session, (slot + 1) % session.Slots, 0)).Status,
                Is.EqualTo(AppendStatus.NotOwned));
            Assert.That(session.CommitSlot(slot, frame).Status, Is.EqualTo(AppendStatus.Ok));
            Assert.That(session.CommitSlot(slot, frame).Status, Is.EqualTo(AppendStatus.NotOwned), "a second time");
            Assert.That(session.CancelSlot(slot).Status, Is.EqualTo(AppendStatus.NotOwned), "already committed");
        });
    }

    [Test]
    public void ShouldRefuseAFrameThatReachesBeyondItsSlotAndLeaveTheSlotToTheCaller()
    {
        var plan = Plan(Small);
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), new MemoryStore());
        var slot = Fill(session, Acquisition.Pixels(plan, 0));
        var last = (byte*)session.SlotAddress(slot) + session.SlotBytes - 1;
        var beyond = new FrameInput { Pixels = last, Bytes = (ulong)plan.FrameBytes, Index = FrameInput.NextIndex };
        Assert.That(session.CommitSlot(slot, beyond).Status, Is.EqualTo(AppendStatus.FrameSize));
        Assert.That(session.CancelSlot(slot).Status, Is.EqualTo(AppendStatus.Ok));
    }

    [Test]
    public void ShouldReportSlotsThatNeverCameBackAndStoreTheRest()
    {
        var plan = Plan(Small);
        var store = new MemoryStore();
        var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), store);
        var committed = Fill(session, Acquisition.Pixels(plan, 0));
        _ = Fill(session, Acquisition.Pixels(plan, 1));
        _ = Fill(session, Acquisition.Pixels(plan, 2));
        Assert.That(session.CommitSlot(committed, InSlot(session, committed, FrameInput.NextIndex)).Status,
            Is.EqualTo(AppendStatus.Ok));
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000));
        Assert.That(session.Fault?.Kind, Is.EqualTo(FaultKind.SlotsLost));
        Assert.That(session.Fault?.Message, Does.StartWith("2 slots"));
        using var reader = ArrayReader.Open(store.Get, "0");
        Assert.That(reader.ReadAll()[..(int)plan.FrameBytes], Is.EqualTo(Acquisition.Pixels(plan, 0)));
    }

    [Test]
    public void ShouldKeepSlotAddressesPageAlignedApartAndLargeEnough()
    {
        var plan = Plan(Small);
        using var session = AcquisitionSession.Start(plan, MemoryPlan.For(plan, processors: 2), new MemoryStore());
        var addresses = Enumerable.Range(0, session.Slots).Select(session.SlotAddress).ToArray();
        Assert.That(addresses.Select(address => (long)address % Environment.SystemPageSize), Is.All.Zero);
        Assert.That(addresses.Zip(addresses.Skip(1), (a, b) => b - a), Is.All.EqualTo((nint)session.SlotBytes));
        Assert.That(session.SlotBytes, Is.GreaterThanOrEqualTo(plan.FrameBytes));
    }

    private static AcquisitionPlan Plan(string settings) => AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings));

    private static int Fill(AcquisitionSession session, byte[] pixels)
    {
        var outcome = session.AcquireSlot(60_000, out var slot);
        Assert.That(outcome.Status, Is.EqualTo(AppendStatus.Ok), outcome.Message);
        Marshal.Copy(pixels, 0, session.SlotAddress(slot), pixels.Length);
        return slot;
    }

    private static FrameInput InSlot(AcquisitionSession session, int slot, long index) => new()
    {
        Pixels = (byte*)session.SlotAddress(slot),
        Bytes = (ulong)session.Plan.FrameBytes,
        Index = index,
    };

    private static void End(AcquisitionSession session)
    {
        session.BeginFinalize();
        Assert.That(session.WaitForEnd(60_000), "finalize did not end");
        Assert.That(session.Fault, Is.Null);
    }

    private static void AssertStored(Acquisition acquisition, AcquisitionPlan plan, MemoryStore store)
    {
        var expected = acquisition.Expected(plan, out var shape);
        using var reader = ArrayReader.Open(store.Get, plan.Arrays[0].Path);
        Assert.That(reader.Shape, Is.EqualTo(shape));
        Assert.That(reader.ReadAll().AsSpan().SequenceEqual(expected), Is.True, $"pixels differ: {acquisition}");
    }
}
