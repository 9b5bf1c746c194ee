using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Tests;

public class MemoryPlanTests
{
    private const long MiB = 1 << 20;

    private static readonly Arbitrary<(Acquisition Acquisition, int BudgetMiB, int Processors)> Budgeted = (
        from acquisition in Acquisition.Any.Generator
        from budget in Gen.OneOf(Gen.Choose(1, 60), Gen.Choose(1, 4000))
        from processors in Gen.Choose(1, 64)
        select (acquisition, budget, processors)).ToArbitrary();

    [Test]
    public void ShouldKeepTheBudgetOrNameTheSettingThatIsTooSmall() => Prop.ForAll(Budgeted, budgeted =>
    {
        var (acquisition, budgetMiB, processors) = budgeted;
        acquisition.Settings["pipeline"]!["memory_budget_bytes"] = budgetMiB * MiB;
        acquisition.Settings["pipeline"]!.AsObject().Remove("workers");
        try
        {
            var memory = MemoryPlan.For(acquisition.Plan, processors);
            Assert.That(memory.TotalBytes, Is.LessThanOrEqualTo(budgetMiB * MiB));
            Assert.That(memory.RingFrames, Is.Positive);
            Assert.That(memory.Workers, Is.EqualTo(processors));
        }
        catch (MemoryBudgetException refused)
        {
            Assert.That(refused.Message, Does.Contain("pipeline.memory_budget_bytes"));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [TestCase("t=?/2000000000 c=2000000000 z=2000000000 y=1 x=1", TestName = "ShouldRefuseMoreFramesThanCanBeCounted")]
    [TestCase("t=?/2 c=3000000000 y=1 x=1", TestName = "ShouldRefuseARingOfMoreFramesThanCanBeNumbered")]
    [TestCase("t=2/2 c=3000000000 y=1 x=1", TestName = "ShouldRefuseMoreFramesOfABoundedAcquisitionThanCanBeNumbered")]
    [TestCase("t=?/2 y=1000000000/1 x=1000000000/1", TestName = "ShouldRefuseMoreTilesThanCanBeNumbered")]
    public void ShouldRefuse(string dimensions) => Assert.That(
        () => MemoryPlan.For(Given.Plan(dimensions, "\"memory_budget_bytes\": 9000000000000000"), processors: 2),
        Throws.TypeOf<MemoryBudgetException>().With.Message.Contains("chunk_size").And.Message.Contains(
            "pipeline.memory_budget_bytes"));

    [Test]
    public void ShouldRefuseOpenChunkRowsBeyondCountingWhenFramesAreCopiedEarly() => Assert.That(
        () => MemoryPlan.For(Given.Plan("t=?/2 c=3000000000 y=1 x=1", "\"ring_frames\": 2"), processors: 2),
        Throws.TypeOf<MemoryBudgetException>());

    [Test]
    public void ShouldKeepTheBudgetOfAllCamerasTogether() =>
        Prop.ForAll(CameraSet.Any, Gen.Choose(25, 60).ToArbitrary(), (set, budgetMiB) =>
    {
        set.Pipeline["memory_budget_bytes"] = budgetMiB * MiB;
        try
        {
            var memory = MemoryPlan.For(set.Plan, processors: 2);
            Assert.That(memory.TotalBytes, Is.LessThanOrEqualTo(budgetMiB * MiB));
            Assert.That(memory.Cameras.Select(pipeline => pipeline.RingFrames),
                Has.Exactly(set.Cameras.Length).Items.And.All.Positive);
        }
        catch (MemoryBudgetException refused)
        {
            Assert.That(refused.Message, Does.Contain("pipeline.memory_budget_bytes").And.Contain("for cam"));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Test]
    public void ShouldShareOutTheSlackAmongTheCameras()
    {
        const string camera =
            "\"dimensions\": [{\"name\": \"t\"}, {\"name\": \"y\", \"count\": 1024}, {\"name\": \"x\", \"count\": 1024}]";
        var one = MemoryPlan.For(Cameras($"{{\"key\": \"a\", {camera}}}"), processors: 2);
        var four = MemoryPlan.For(Cameras(string.Join(", ", "abcd".Select(key => $"{{\"key\": \"{key}\", {camera}}}"))),
            processors: 2);
        Assert.That(four.RingBytes, Is.LessThan(one.RingBytes * 3 / 2), "the workers that would be behind are the same");
        Assert.That(four.Cameras.Select(pipeline => pipeline.RingFrames).Distinct().Count(), Is.EqualTo(1));
    }

    [TestCase("t=?/16 p=300 y=1024/256 x=1024/256", "", "frames of 1048576 bytes must wait", TestName =
        "ShouldRefuseManyPositionsInALongChunk")]
    [TestCase("t=?/16 p=300 y=1024/256 x=1024/256", "\"ring_frames\": 8",
        "pipeline.ring_frames is 8, and chunks that wait for more frames than that take 304 buffers of 16777216 bytes",
        TestName = "ShouldRefuseToAssembleTheChunksOfManyPositions")]
    [TestCase("t=?/1 p=300 y=1024/256 x=1024/256", "\"ring_frames\": 4096", "pipeline.ring_frames is 4096", TestName =
        "ShouldRefuseALongRing")]
    public void ShouldSayWhatNeedsTheMemory(string dimensions, string pipeline, string what) => Assert.That(
        () => MemoryPlan.For(Given.Plan(dimensions, pipeline), processors: 2),
        Throws.TypeOf<MemoryBudgetException>().With.Message.Contains(what).And.Message.Contains(
            "pipeline.memory_budget_bytes is 2147483648 (the default)"));

    private static AcquisitionPlan Cameras(string arrays) => AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(
        $$"""{"root_path": "memory", "dtype": "uint8", "arrays": [{{arrays}}]}"""));

    [Test]
    public void ShouldCountWhatAFrameInFlightCostsBesideItsPixels()
    {
        var few = MemoryPlan.For(Given.Plan("t=? y=1 x=1", "\"ring_frames\": 100"), processors: 2);
        var many = MemoryPlan.For(Given.Plan("t=? y=1 x=1", "\"ring_frames\": 100100"), processors: 2);
        Assert.That(many.TotalBytes - many.RingBytes - (few.TotalBytes - few.RingBytes), Is.GreaterThan(100_000 * 100));
    }

    [Test]
    public void ShouldNotKeepRoomForMoreTilesThanAFrameHas()
    {
        var memory = MemoryPlan.For(Given.Plan("t=?/1 y=1/1 x=1/1"), processors: 2);
        Assert.That(memory.WorkerBytes, Is.LessThan(MiB));
    }

    [Test]
    public void ShouldSpanWhatFramesInOrderKeepOpen() => Prop.ForAll(Acquisition.Any, acquisition =>
    {
        var plan = acquisition.Plan;
        var array = plan.Arrays[0];
        var span = FrameSpan.Of(plan.Cameras[0], plan.Cameras[0].Levels[0]);
        // An unbounded axis goes on for some chunks.
        var steps = array.UnboundedAxis < 0 ? 0 : 3 * array.ChunkShape[array.UnboundedAxis];
        var frames = plan.Router.TotalFrames ?? steps * plan.Router.FramesPerUnboundedStep;
        var (held, openChunkRows, openShardRows) = Simulated(plan, frames);
        Assert.That(held, Is.LessThanOrEqualTo(span.Frames), "frames");
        Assert.That(openChunkRows, Is.LessThanOrEqualTo(span.OpenChunkRows), "chunk rows");
        Assert.That(openShardRows, Is.LessThanOrEqualTo(span.OpenShardRows), "shard rows");
        Assert.That(span.Frames, Is.LessThanOrEqualTo(Math.Max(1, plan.Router.TotalFrames ?? long.MaxValue)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Test]
    public void ShouldSpanWhatFramesInOrderKeepOpenInAllImages() => Prop.ForAll(RandomCollections.Any, acquisition =>
    {
        var plan = acquisition.Plan;
        var array = plan.Arrays[0];
        var steps = array.UnboundedAxis < 0 ? 0 : 3 * array.ChunkShape[array.UnboundedAxis];
        var frames = plan.Router.TotalFrames ?? steps * plan.Router.FramesPerUnboundedStep;
        var (held, openChunkRows, _) = Simulated(plan, frames);
        var span = FrameSpan.Of(plan.Cameras[0], plan.Cameras[0].Levels[0]);
        Assert.That(held, Is.LessThanOrEqualTo(span.Frames), "frames");
        Assert.That(openChunkRows, Is.LessThanOrEqualTo(span.CameraChunkRows), "chunk rows");
        Assert.That(span.CameraChunkRows, Is.GreaterThanOrEqualTo(span.OpenChunkRows));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Test]
    public void ShouldKeepOneReserveOfAssemblyBuffersForAllPositions()
    {
        var one = MemoryPlan.For(Given.Plan("t=?/16 y=256/64 x=256/64", "\"ring_frames\": 4"), processors: 2);
        var ten = MemoryPlan.For(Given.Plan("t=?/16 p=10 y=256/64 x=256/64", "\"ring_frames\": 4"), processors: 2);
        Assert.That(one.Cameras[0].Assemblies, Is.EqualTo(1 + 4), "one that waits for frames, and two for each worker");
        Assert.That(ten.Cameras[0].Assemblies, Is.EqualTo(10 + 4));
        Assert.That(ten.AssemblyBytes, Is.EqualTo(one.AssemblyBytes / 5 * 14));
    }

    [Test]
    public void ShouldSpanAcquisitionsOfManyOrdersExactly()
    {
        Assert.That(SpanOf("t=?/4 c=2/1 z=3/1 y=1 x=1"), Is.EqualTo(new FrameSpan(4 * 6, 6, 6, 6)));
        Assert.That(SpanOf("t=?/1 c=2/1 z=3/3 y=1 x=1"), Is.EqualTo(new FrameSpan(3, 1, 1, 1)));
        Assert.That(SpanOf("t=10/1 c=2/2 z=3/1 y=1 x=1"), Is.EqualTo(new FrameSpan(6, 3, 3, 3)));
        Assert.That(SpanOf("t=2/4 z=3/1 y=1 x=1"), Is.EqualTo(new FrameSpan(2 * 3, 3, 3, 3)));
        Assert.That(SpanOf("t=?/4 p=5 z=3/1 y=1 x=1"), Is.EqualTo(new FrameSpan(4 * 5 * 3, 3, 5 * 3, 3)));
        Assert.That(SpanOf("p=5 t=8/4 z=3/1 y=1 x=1"), Is.EqualTo(new FrameSpan(4 * 3, 3, 3, 3)), "one position after the other");
    }

    private static FrameSpan SpanOf(string dimensions)
    {
        var plan = Given.Plan(dimensions);
        return FrameSpan.Of(plan.Cameras[0], plan.Cameras[0].Levels[0]);
    }

    /// <summary>The most of each that wait at once while frames arrive in order.</summary>
    private static (long Frames, int ChunkRows, int ShardRows) Simulated(AcquisitionPlan plan, long frames)
    {
        var array = plan.Arrays[0];
        var chunkRowOf = new Dictionary<string, long>();
        var shardRowOf = new Dictionary<string, long>();
        for (var frame = 0L; frame < frames; frame++)
        {
            Add(chunkRowOf, Key(plan, frame, array.ChunkShape.Select(size => (long)size)));
            Add(shardRowOf, Key(plan, frame,
                array.ChunkShape.Select((size, axis) => (long)size * (array.IsSharded ? array.ShardShapeInChunks[axis] : 1))));
        }

        long held = 0, mostHeld = 0;
        int mostChunkRows = 0, mostShardRows = 0;
        Dictionary<string, (long Left, long Held)> chunkRows = [];
        Dictionary<string, long> shardRows = [];
        for (var frame = 0L; frame < frames; frame++)
        {
            var chunkRow = Key(plan, frame, array.ChunkShape.Select(size => (long)size));
            var shardRow = Key(plan, frame,
                array.ChunkShape.Select((size, axis) => (long)size * (array.IsSharded ? array.ShardShapeInChunks[axis] : 1)));
            var (left, inChunkRow) = chunkRows.GetValueOrDefault(chunkRow, (chunkRowOf[chunkRow], 0));
            chunkRows[chunkRow] = (left - 1, inChunkRow + 1);
            shardRows[shardRow] = shardRows.GetValueOrDefault(shardRow, shardRowOf[shardRow]) - 1;
            mostHeld = Math.Max(mostHeld, ++held);
            mostChunkRows = Math.Max(mostChunkRows, chunkRows.Count);
            mostShardRows = Math.Max(mostShardRows, shardRows.Count);
            if (left == 1)
            {
                held -= inChunkRow + 1;
                chunkRows.Remove(chunkRow);
            }

            if (shardRows[shardRow] == 0)
                shardRows.Remove(shardRow);
        }

        return (mostHeld, mostChunkRows, mostShardRows);
    }

    private static void Add(Dictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static string Key(AcquisitionPlan plan, long frame, IEnumerable<long> cell)
    {
        var index = new long[plan.Router.FrameAxes];
        var image = plan.Router.Locate(frame, index);
        return $"{image}: {string.Join('/', index.Zip(cell, (i, size) => i / size))}";
    }
}
