using System.Collections.Immutable;
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
    /// <summary>Milliseconds that no run lasts: with this interval nothing is published before the end.</summary>
    private const int NoInterval = 3_600_000;

    private const int MostFrames = 40;

    public required JsonObject Settings { get; init; }

    public required AcquisitionPlan Plan { get; init; }

    public required MemoryPlan Memory { get; init; }

    /// <summary>Frames that the producers of each camera append.</summary>
    public required ImmutableArray<int> Frames { get; init; }

    /// <summary>Draws a layout.</summary>
    /// <param name="chances">The source of the choices.</param>
    /// <param name="mood">What the run focuses on.</param>
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
                // A ring too short for these levels: a reason to draw again like any other.
            }
        }
    }

    private static Layout Drawn(Chances chances, Mood mood)
    {
        var cameras = mood == Mood.Calm ? 1 : chances.Of(1, 1, 1, 2, 3);
        var settings = cameras == 1 && !chances.OneIn(20) ? DrawnCamera.Of(chances, mood) : Arrays(chances, mood, cameras);
        settings["root_path"] = "simulated";
        settings["overwrite"] = true;
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
            ["flush_interval_ms"] =
                mood switch { Mood.Calm => NoInterval, Mood.Flushing => 10, _ => chances.Of(10, 50, 1000, NoInterval) },
        };
        var plain = Plain(settings);
        settings["pipeline"]!["ring_frames"] = Ring(plain, chances, mood);
        if (mood != Mood.Calm && chances.OneIn(6))
            LendOnly(settings["pipeline"]!.AsObject(), chances);
        var plan = Plain(settings);
        return new Layout
        {
            Settings = settings,
            Plan = plan,
            Memory = MemoryPlan.For(plan, processors: 2),
            Frames = [.. plan.Cameras.Select(camera => FramesOf(camera, chances, MostFrames / plan.Cameras.Length))],
        };
    }

    private static JsonObject Arrays(Chances chances, Mood mood, int cameras)
    {
        var arrays = new JsonArray();
        foreach (var key in new[] { "left", "right", "overview" }.Take(cameras))
        {
            var camera = DrawnCamera.Of(chances, mood);
            camera["key"] = key;
            arrays.Add(camera);
        }

        return new JsonObject { ["arrays"] = arrays };
    }

    // All of a bounded shape, or as many as come before the end.
    private static int FramesOf(CameraPlan camera, Chances chances, int most)
    {
        var all = (int)Math.Min(most, camera.Router.TotalFrames ?? most);
        return camera.Router.TotalFrames is not null && chances.OneIn(2) ? all : chances.Between(1, all);
    }

    // Either long enough that frames wait in it for their chunks, or so short that they are copied early.
    private static int Ring(AcquisitionPlan plan, Chances chances, Mood mood)
    {
        var workers = plan.Pipeline.Workers!.Value;
        var encoding = new EncodingPlan(plan);
        var span = (int)plan.Cameras.Select((camera, i) => CameraMemory.Least(camera, encoding.Cameras[i], workers).SpanFrames)
            .Max();
        var enough = span + 2 * workers + 2;
        return mood == Mood.Calm ? enough + 40 : chances.OneIn(3)
            ? chances.Between(2, Math.Max(2, enough - 1))
            : enough + chances.Of(0, 1, 8, 30);
    }

    // The host lends the few buffers that it has; most such streams have no ring.
    private static void LendOnly(JsonObject pipeline, Chances chances)
    {
        pipeline["borrowed_buffers"] = chances.Of(1, 2, 3, 5, 8, 16, 24);
        if (!chances.OneIn(4))
            pipeline.Remove("ring_frames");
    }

    private static AcquisitionPlan Plain(JsonObject settings) =>
        AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings.ToJsonString()));
}
