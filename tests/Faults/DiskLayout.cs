using System.Text.Json.Nodes;
using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>Larger frames of noise for small disks: as chunks, as shards, with levels, with metadata.</summary>
internal static class DiskLayout
{
    public const int FrameBytes = Side * Side * sizeof(ushort);

    private const int Side = 192;

    /// <summary>The names of all.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["chunks", "shards", "shards with levels", "shards with metadata", "shards past the cache"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="dataset">Where it goes.</param>
    /// <param name="frames">How many are appended.</param>
    /// <param name="pauseUs">Before each frame.</param>
    /// <param name="flushEvery">Frames from flush to flush; 0: none, and the interval does what it does.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="seed">Of the pixels.</param>
    public static Scenario Make(string name, string dataset, int frames, int pauseUs, int flushEvery, CallKind end, int seed)
    {
        var settings = JsonNode.Parse($$"""
            {"dtype": "uint16", "dimensions": [{"name": "t"}, {"name": "y", "count": {{Side}} }, {"name": "x", "count": {{Side}} }],
             "pipeline": {"workers": 2, "ring_frames": 16, "append_timeout_ms": 20000}, "durability": {"flush_interval_ms": 50, "fsync": "never"} }
            """)!.AsObject();
        settings["root_path"] = dataset;
        if (name != "chunks")
            settings["layout"] = "auto";
        if (name == "shards with levels")
            settings["pyramid"] = new JsonObject { ["levels"] = 2, ["method"] = "decimate" };
        if (name == "shards past the cache")
            settings["store"] = new JsonObject { ["unbuffered"] = true };
        var plan = Scenario.PlanOf(settings);
        List<CameraCall> calls = [new(CallKind.Create) { Text = settings.ToJsonString() }];
        for (var number = 0; number < frames; number++)
        {
            var frame = GivenFrame.Make(plan.Cameras[0], 0, number, (uint)seed, ownStride: 0);
            if (name == "shards with metadata")
                frame = frame with { Json = $"{{\"frame\": {number}, \"text\": \"{new string('m', 300)}\"}}" };
            calls.Add(new CameraCall(CallKind.AppendEx) { Frame = frame, PauseUs = pauseUs });
            if (flushEvery > 0 && number % flushEvery == flushEvery - 1)
                calls.Add(new CameraCall(CallKind.Flush) { Number = 30_000 });
        }

        calls.Add(new CameraCall(end));
        return new Scenario { Name = name, Settings = settings, Plan = plan, Calls = calls };
    }

    /// <summary>The same with further calls before one of a kind, counted from 0.</summary>
    public static Scenario With(this Scenario scenario, int index, params CameraCall[] more)
    {
        List<CameraCall> calls = [.. scenario.Calls];
        calls.InsertRange(index, more);
        return scenario with { Calls = calls };
    }
}
