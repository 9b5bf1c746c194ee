using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Tests;

/// <summary>Several random acquisitions in one stream, and the order in which their frames come.</summary>
public sealed record CameraSet
{
    /// <summary>Each with the settings of its own array.</summary>
    public required Acquisition[] Cameras { get; init; }

    /// <summary>The camera of each frame.</summary>
    public required int[] Order { get; init; }

    public required JsonObject Pipeline { get; init; }

    /// <summary>All kinds of cameras in every interleaving.</summary>
    public static Arbitrary<CameraSet> Any { get; } = (
        from count in Gen.Choose(1, 4)
        from cameras in Gen.ArrayOf(Acquisition.Any.Generator, count)
        from order in Gen.Shuffle(cameras.SelectMany((camera, i) => Enumerable.Repeat(i, camera.Comes.Length)).ToArray())
        from workers in Gen.Choose(1, 3)
        from ring in Gen.Elements(0, 0, 2, 8)
        select new CameraSet { Cameras = cameras, Order = order, Pipeline = PipelineOf(workers, ring) }).ToArbitrary();

    public AcquisitionPlan Plan => AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(Document.ToJsonString()));

    public JsonObject Document => new()
    {
        ["root_path"] = "memory",
        ["pipeline"] = Pipeline.DeepClone(),
        ["allow_nonconforming"] = true,
        ["arrays"] = new JsonArray([.. Cameras.Select(Keyed)]),
    };

    public override string ToString() => $"{Document.ToJsonString()} order {string.Concat(Order)}";

    private JsonObject Keyed(Acquisition camera, int number)
    {
        var array = camera.Settings.DeepClone().AsObject();
        array.Remove("root_path");
        array.Remove("pipeline");
        array.Remove("allow_nonconforming");
        // A short ring has no room for frames that wait for others of their block.
        if (Pipeline.ContainsKey("ring_frames") && array["pyramid"]!["factors"]!["z"]?.GetValue<int>() > 1)
            array.Remove("pyramid");
        array["key"] = $"cam{number}";
        return array;
    }

    private static JsonObject PipelineOf(int workers, int ring)
    {
        var pipeline = new JsonObject { ["workers"] = workers };
        if (ring > 0)
            pipeline["ring_frames"] = ring;
        return pipeline;
    }
}
