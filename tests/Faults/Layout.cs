using System.Text.Json.Nodes;
using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// A small acquisition whose every system call is to fail once. The first ones are written down, further ones are random.
/// </summary>
internal static class Layout
{
    private const int AppendTimeoutMs = 2000;

    private static readonly (string Name, string Settings, CallKind Kind, bool Overwrites)[] Written =
    [
        ("chunks of a time lapse", """
            {"dtype": "uint16", "dimensions": [{"name": "t", "chunk_size": 2}, {"name": "y", "count": 8}, {"name": "x", "count": 9}]}
            """, CallKind.Append, false),
        ("shards, flushed to the disk", """
            {"dtype": "uint8", "compression": "blosc-lz4", "dimensions": [{"name": "t", "chunk_size": 2, "shard_size_chunks": 3},
             {"name": "y", "count": 8, "chunk_size": 5}, {"name": "x", "count": 9}], "durability": {"fsync": "flush"}}
            """, CallKind.AppendEx, false),
        ("a stack over an old dataset, with levels", """
            {"dtype": "uint16", "compression": "zstd", "pyramid": {"levels": 2, "factors": {"z": 2}}, "dimensions": [
             {"name": "t", "count": 3}, {"name": "z", "count": 4, "chunk_size": 2, "shard_size_chunks": 2},
             {"name": "y", "count": 8}, {"name": "x", "count": 9}]}
            """, CallKind.Slot, true),
        ("positions, durable at the end", """
            {"dtype": "float32", "dimensions": [{"name": "t"}, {"name": "p", "count": 3}, {"name": "y", "count": 6}, {"name": "x", "count": 5}],
             "durability": {"fsync": "finalize"}}
            """, CallKind.Borrowed, false),
        ("colours past the page cache", """
            {"dtype": "uint8", "frame": {"pixel_format": "rgb8"}, "store": {"unbuffered": true}, "dimensions": [
             {"name": "t", "chunk_size": 2, "shard_size_chunks": 4}, {"name": "c", "count": 3}, {"name": "y", "count": 64}, {"name": "x", "count": 64}]}
            """, CallKind.AppendEx, true),
        ("two cameras", """
            {"arrays": [{"key": "left", "dtype": "uint8", "dimensions": [{"name": "t"}, {"name": "y", "count": 8}, {"name": "x", "count": 9}]},
             {"key": "right", "dtype": "uint16", "compression": "blosc-zstd", "dimensions": [
              {"name": "t", "chunk_size": 3, "shard_size_chunks": 2}, {"name": "y", "count": 8}, {"name": "x", "count": 9}]}]}
            """, CallKind.AppendTo, false),
    ];

    public static int WrittenCount => Written.Length;

    /// <summary>A layout by its number.</summary>
    /// <param name="number">Below <see cref="WrittenCount"/>: a written one; otherwise the seed of a random one.</param>
    /// <param name="dataset">Where it goes.</param>
    /// <param name="holdMs">Time-out of every call that has one; 0 for those that never pass in a fault that ends.</param>
    public static Scenario Of(int number, string dataset, int holdMs = 0)
    {
        if (number >= WrittenCount)
            return WithTimeouts(ScenarioMaker.Make(number, dataset, overwrite: number % 3 == 0, pauses: false), holdMs);
        var (name, text, kind, overwrites) = Written[number];
        var settings = JsonNode.Parse(text)!.AsObject();
        settings["root_path"] = dataset;
        settings["overwrite"] = overwrites;
        settings["pipeline"] = new JsonObject { ["workers"] = 2, ["append_timeout_ms"] = AppendTimeoutMs };
        var plan = Scenario.PlanOf(settings);
        return WithTimeouts(
            new Scenario { Name = name, Settings = settings, Plan = plan, Calls = [.. CallsOf(plan, settings, kind)] }, holdMs);
    }

    private static IEnumerable<CameraCall> CallsOf(OmeZarr.Acquisition.AcquisitionPlan plan, JsonObject settings, CallKind kind)
    {
        const int frames = 15;
        yield return new CameraCall(CallKind.Arm);
        yield return new CameraCall(CallKind.Create) { Text = settings.ToJsonString() };
        if (plan.Settings.HasKeys)
        {
            for (var camera = 0; camera < plan.Cameras.Length; camera++)
                yield return new CameraCall(CallKind.Array) { Camera = camera, Text = plan.Cameras[camera].Key };
        }

        for (var number = 0; number < Math.Min(frames, plan.Cameras.Min(camera => camera.Router.TotalFrames) ?? frames); number++)
        {
            for (var camera = 0; camera < plan.Cameras.Length; camera++)
            {
                var frame = GivenFrame.Make(plan.Cameras[camera], camera, number, seed: 1, ownStride: 0);
                if (kind is CallKind.AppendEx or CallKind.Borrowed)
                    frame = frame with { Json = $"{{\"frame\": {number}}}", Flags = 1, Numbers = [number, 0, 0, 0, 0] };
                var key = plan.Cameras[camera].Key;
                var byKey = kind == CallKind.AppendTo;
                yield return new CameraCall(kind)
                {
                    Camera = byKey || key.Length == 0 ? -1 : camera,
                    Frame = frame,
                    Text = byKey
                    ? key : null
                };
            }

            if (number == 3)
                yield return new CameraCall(CallKind.SetMetadata) { Text = "lab\0{\"note\": 1}" };
            if (number is 5 or 10)
                yield return new CameraCall(CallKind.Flush) { Number = 30_000 };
        }

        yield return new CameraCall(CallKind.Finalize);
        yield return new CameraCall(CallKind.PollReleased);
    }

    private static Scenario WithTimeouts(Scenario scenario, int holdMs)
    {
        if (holdMs == 0)
            return scenario;
        var settings = scenario.Settings.DeepClone().AsObject();
        foreach (var name in new[] { "append_timeout_ms", "create_timeout_ms", "finalize_timeout_ms" })
            settings["pipeline"]![name] = holdMs;
        var json = settings.ToJsonString();
        CameraCall[] calls = [.. scenario.Calls.Select(call => call.Kind switch
        {
            CallKind.Create => call with { Text = json },
            CallKind.Flush or CallKind.FinalizePoll => call with { Number = holdMs },
            _ => call,
        })];
        return scenario with { Settings = settings, Plan = Scenario.PlanOf(settings), Calls = calls };
    }
}
