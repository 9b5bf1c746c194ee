using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.Tests;

/// <summary>Automatic layouts mind the memory, whatever the positions and their order.</summary>
public class FittingPlanTests
{
    private const long MiB = 1 << 20;

    // Smaller chunks are of no use to a reader.
    private const long LeastChunkBytes = 4 << 10;

    [Test]
    public void ShouldNeverRefuseAnAutomaticLayoutWhereSomeLayoutFits() => Prop.ForAll(Any.ToArbitrary(), asked =>
    {
        var fits = asked.Layouts.FirstOrDefault(layout => Fits(asked.With(layout, spare: 0.1), asked.Processors));
        try
        {
            var (plan, memory) = FittingPlan.For(Utf8(asked.With(null)), asked.Processors);
            Assert.That(memory.TotalBytes, Is.LessThanOrEqualTo(asked.BudgetMiB * MiB));
            Assert.That(memory.Cameras.Zip(plan.Cameras, (camera, of) => camera.SpanFrames * of.FrameBytes).Sum(),
                Is.LessThanOrEqualTo(Math.Max(asked.BudgetMiB * MiB / 8, plan.Cameras.Sum(camera => camera.FrameBytes))));
        }
        catch (MemoryBudgetException refused)
        {
            Assert.That(fits, Is.Null, $"{asked.With(null)} for {asked.Processors} is refused: {refused.Message}");
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Many positions between the time points of a chunk, all of which wait in memory.</summary>
    [TestCase(864, 1)]
    [TestCase(100, 1)]
    [TestCase(10, 2)]
    public void ShouldGatherFewerTimePointsTheMorePositionsThereAre(int positions, int gathered)
    {
        var (plan, _) = FittingPlan.For(Utf8(new JsonObject
        {
            ["root_path"] = "memory",
            ["dtype"] = "uint16",
            ["layout"] = "auto",
            ["dimensions"] = new JsonArray(
                Dimension("t", null), Dimension("p", positions), Dimension("c", 3), Dimension("y", 512), Dimension("x", 512)),
        }), processors: 8);
        Assert.That(plan.Arrays[0].ChunkShape[0], Is.EqualTo(gathered));
    }

    [Test]
    public void ShouldMakeChunksSmallerForManyWorkersInLittleMemory()
    {
        var settings = new JsonObject
        {
            ["root_path"] = "memory",
            ["dtype"] = "uint16",
            ["layout"] = "auto",
            ["compression"] = "blosc-zstd",
            ["dimensions"] = new JsonArray(Dimension("t", null), Dimension("y", 256), Dimension("x", 256)),
            ["pipeline"] = new JsonObject { ["memory_budget_bytes"] = 160 * MiB, ["workers"] = 64 },
        };
        Assert.That(() => MemoryPlan.For(AcquisitionPlanner.Plan(Utf8(settings)), 2), Throws.TypeOf<MemoryBudgetException>());
        Assert.That(FittingPlan.For(Utf8(settings), 2).Memory.TotalBytes, Is.LessThanOrEqualTo(160 * MiB));
    }

    private static bool Fits(JsonObject settings, int processors)
    {
        try
        {
            var plan = AcquisitionPlanner.Plan(Utf8(settings));
            _ = MemoryPlan.For(plan, processors);
            return plan.Arrays[0].ChunkBytes >= Math.Min(LeastChunkBytes, plan.Cameras[0].FrameBytes);
        }
        catch (Exception refused) when (refused is MemoryBudgetException or SettingsException)
        {
            return false;
        }
    }

    private static byte[] Utf8(JsonObject settings) => Encoding.UTF8.GetBytes(settings.ToJsonString());

    private static JsonObject Dimension(string name, int? count) => new() { ["name"] = name, ["count"] = count };

    private static readonly Gen<(string Name, int Count)[]> Outer =
        from order in Gen.Shuffle(new[] { "t", "c", "z", "p" })
        from length in Gen.Choose(0, 4)
        from counts in Gen.OneOf(Gen.Choose(1, 4), Gen.Choose(1, 60), Gen.Choose(1, 900)).ArrayOf(4)
        select order.Zip(counts).Take(length).ToArray();

    private static Gen<int> Side => Gen.OneOf(Gen.Choose(1, 64), Gen.Choose(1, 600), Gen.Choose(1, 2300));

    private static readonly Gen<(int Chunk, int? Shard)[]> Layout = (
        from chunk in Gen.OneOf(Gen.Constant(1), Gen.Choose(1, 8), Gen.Choose(1, 2300))
        from shard in Gen.OneOf(Gen.Constant<int?>(null), Gen.Choose(1, 40).Select(chunks => (int?)chunks))
        select (chunk, shard)).ArrayOf(6);

    // One frame in a chunk, whole or in tiles: what takes least.
    private static readonly (int, int?)[][] WithoutWaiting =
        [.. new[] { 64, 512, 4096 }.Select(tile =>
            new (int, int?)[] { (1, null), (1, null), (1, null), (1, null), (tile, null), (tile, null) })];

    private static readonly Gen<Asked> Any =
        from outer in Outer
        from grows in Gen.Elements(true, false)
        from height in Side
        from width in Side
        from budget in Gen.OneOf(Gen.Choose(26, 60), Gen.Choose(30, 400), Gen.Choose(100, 4000))
        from processors in Gen.Choose(1, 64)
        from codec in Gen.Elements("none", "blosc-lz4", "blosc-zstd", "zstd")
        from levels in Gen.Elements(1, 1, 2)
        from layouts in Layout.ArrayOf(12)
        where height * width > 1 || levels == 1
        select new Asked(
            outer, grows && outer is [{ Name: not "p" }, ..], height, width, budget, processors, codec, levels,
            [.. layouts, .. WithoutWaiting]);

    private sealed record Asked(
        (string Name, int Count)[] Outer, bool Grows, int Height, int Width, int BudgetMiB, int Processors, string Codec,
        int Levels,
        (int Chunk, int? Shard)[][] Layouts)
    {
        public JsonObject With((int Chunk, int? Shard)[]? layout, double spare = 0)
        {
            var dimensions = Outer.Select((outer, i) => Dimension(outer.Name, i == 0 && Grows ? null : outer.Count))
                .Append(Dimension("y", Height)).Append(Dimension("x", Width)).ToArray();
            for (var i = 0; layout is not null && i < dimensions.Length; i++)
            {
                var (chunk, shard) = layout[i - dimensions.Length + layout.Length];
                dimensions[i]["chunk_size"] = chunk;
                dimensions[i]["shard_size_chunks"] = shard;
            }

            return new JsonObject
            {
                ["root_path"] = "memory",
                ["dtype"] = "uint16",
                ["compression"] = Codec,
                ["layout"] = layout is null ? "auto" : null,
                ["pyramid"] = new JsonObject { ["levels"] = Levels },
                ["dimensions"] = new JsonArray([.. dimensions]),
                ["pipeline"] = new JsonObject { ["memory_budget_bytes"] = (long)(BudgetMiB * MiB * (1 - spare)) },
            };
        }

        public override string ToString() => With(null).ToJsonString();
    }
}
