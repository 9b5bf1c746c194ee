using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Streaming;
using OmeZarr.Streaming.Encoders;

namespace OmeZarr.Simulation.Workload;

/// <summary>A small acquisition with settings of all kinds: small, so that a run is short and its threads meet often.</summary>
internal sealed record Layout
{
    /// <summary>Time in milliseconds that no run has: whoever has it waits for the end.</summary>
    private const int NoInterval = 3_600_000;

    private const int MostFrames = 40;

    public required JsonObject Settings { get; init; }

    public required AcquisitionPlan Plan { get; init; }

    public required MemoryPlan Memory { get; init; }

    /// <summary>Frames that the producers hand in.</summary>
    public required int Frames { get; init; }

    public CameraPlan Camera => Plan.Cameras[0];

    /// <summary>Draws a layout.</summary>
    /// <param name="chances">Of which it is drawn.</param>
    /// <param name="mood">What the run is about.</param>
    public static Layout Of(Chances chances, Mood mood)
    {
        while (true)
        {
            try
            {
                return Drawn(chances, mood);
            }
            catch (MemoryBudgetException)
            {
                // A ring too short for these levels: as good as any other reason to draw again.
            }
        }
    }

    private static Layout Drawn(Chances chances, Mood mood)
    {
        var isColour = chances.OneIn(8);
        var names = new[] { "t", "c", "z", "p" };
        chances.Shuffle<string>(names);
        if (chances.OneIn(mood == Mood.Flushing ? 1 : 3))
            names = ["t", .. names.Where(name => name != "t")];
        var chosen = names[..chances.Of(1, 1, 2, 2, 3)].Where(name => !isColour || name != "c").ToList();
        if (chosen.Count == 0)
            chosen.Add("t");
        // The slowest is the only one that may have no end; positions cannot grow.
        var grows = chosen[0] == "t" && (mood == Mood.Flushing || chances.OneIn(2));
        var isSharded = chances.OneIn(2);
        var settings = new JsonObject { ["root_path"] = "simulated", ["overwrite"] = true, ["dtype"] = isColour ? "uint8" : chances.Of("uint8", "uint16") };
        var dimensions = new JsonArray();
        var total = isColour ? 3 : 1;
        foreach (var name in chosen)
        {
            var isSlowest = name == chosen[0];
            var count = chances.Between(1, isSlowest ? 12 : 3);
            total *= isSlowest ? 1 : count;
            dimensions.Add(Dimension(name, isSlowest && grows ? null : count, chances.Between(1, isSlowest || name == "t" ? 4 : 2), isSharded && name != "p" ? chances.Between(1, 3) : null));
        }

        if (isColour)
        {
            dimensions.Add(Dimension("c", 3, 1, null));
            settings["frame"] = new JsonObject { ["pixel_format"] = "rgb8" };
        }

        foreach (var name in new[] { "y", "x" })
            dimensions.Add(Dimension(name, chances.Between(1, 13), chances.Between(3, 13), isSharded ? chances.Between(1, 2) : null));
        settings["dimensions"] = dimensions;
        settings["compression"] = JsonNode.Parse(chances.Of("\"none\"", "\"none\"", "{\"name\":\"none\",\"checksum\":true}", "\"blosc-lz4\"", "\"zstd\""));
        settings["pipeline"] = new JsonObject
        {
            ["workers"] = chances.Between(mood == Mood.Calm ? 2 : 1, 4),
            ["producers"] = mood == Mood.Calm ? 1 : chances.Of(1, 1, 1, 2, 3),
            ["backpressure"] = chances.Of("block", "block", "fail", "drop"),
            ["append_timeout_ms"] = chances.Of(-1, -1, 0, 1, 50, 2000),
            ["create_timeout_ms"] = chances.Of(-1, -1, -1, 0, 20),
        };
        settings["durability"] = new JsonObject
        {
            ["fsync"] = chances.Of("never", "finalize", "flush"),
            ["flush_interval_ms"] = mood switch { Mood.Calm => NoInterval, Mood.Flushing => 10, _ => chances.Of(10, 50, 1000, NoInterval) },
        };
        if (chances.OneIn(3))
            settings["pyramid"] = new JsonObject { ["levels"] = "auto", ["method"] = chances.Of("mean", "decimate", "min", "max", "median", "mode") };
        if (settings["pyramid"] is { } pyramid)
            pyramid["levels"] = LevelsOf(dimensions, chances.Between(2, 3));
        var frames = chances.Between(1, grows ? MostFrames : Math.Min(MostFrames, Plain(settings).Cameras[0].Router.TotalFrames is { } all ? (int)all : MostFrames));
        if (!grows && chances.OneIn(2))
            frames = (int)Math.Min(MostFrames, Plain(settings).Cameras[0].Router.TotalFrames ?? MostFrames);
        settings["pipeline"]!["ring_frames"] = Ring(Plain(settings), chances, mood);
        var plan = Plain(settings);
        return new Layout { Settings = settings, Plan = plan, Memory = MemoryPlan.For(plan, processors: 2), Frames = frames };
    }

    private static JsonObject Dimension(string name, int? count, int chunk, int? shard)
    {
        var dimension = new JsonObject { ["name"] = name, ["count"] = count };
        if (name != "p")
            dimension["chunk_size"] = chunk;
        if (shard is { } chunks)
            dimension["shard_size_chunks"] = chunks;
        return dimension;
    }

    // No more than the frame can be halved.
    private static int LevelsOf(JsonArray dimensions, int wanted)
    {
        var longest = Math.Max((int)dimensions[^1]!["count"]!, (int)dimensions[^2]!["count"]!);
        var levels = 1;
        for (; levels < wanted && longest > 1; levels++)
            longest = (longest + 1) / 2;
        return levels;
    }

    // Long enough that frames wait there for their chunks, or so short that they are copied out early.
    private static int Ring(AcquisitionPlan plan, Chances chances, Mood mood)
    {
        var workers = plan.Pipeline.Workers!.Value;
        var span = (int)CameraMemory.Least(plan.Cameras[0], new EncodingPlan(plan).Cameras[0], workers).SpanFrames;
        var enough = span + 2 * workers + 2;
        return mood == Mood.Calm ? enough + 40 : chances.OneIn(3) ? chances.Between(2, Math.Max(2, enough - 1)) : enough + chances.Of(0, 1, 8, 30);
    }

    private static AcquisitionPlan Plain(JsonObject settings) => AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings.ToJsonString()));
}
