using System.Text.Json.Nodes;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Workload;

/// <summary>The settings of one camera, drawn at random.</summary>
internal static class DrawnCamera
{
    /// <summary>Draws what a document says of its only camera, or of one in <c>arrays</c>.</summary>
    public static JsonObject Of(Chances chances, Mood mood)
    {
        var isColour = chances.OneIn(8);
        var names = Names(chances, mood, isColour);
        // Only the slowest dimension may be unbounded; positions cannot grow.
        var grows = (names[0] == "t" && (mood == Mood.Flushing || chances.OneIn(2))) || (names[0] == "z" && chances.OneIn(3));
        var isSharded = chances.OneIn(2);
        var settings = new JsonObject { ["dtype"] = isColour ? "uint8" : chances.Of("uint8", "uint16") };
        var dimensions = new JsonArray();
        foreach (var name in names)
        {
            var isSlowest = name == names[0];
            var count = chances.Between(1, isSlowest ? 12 : 3);
            dimensions.Add(Dimension(
                name, isSlowest && grows ? null : count, chances.Between(1, isSlowest || name == "t" ? 4 : 2),
                isSharded && name != "p" ? chances.Between(1, 3) : null));
        }

        if (isColour)
        {
            dimensions.Add(Dimension("c", 3, 1, null));
            settings["frame"] = new JsonObject { ["pixel_format"] = "rgb8" };
        }

        foreach (var name in new[] { "y", "x" })
            dimensions.Add(
                Dimension(name, chances.Between(1, 13), chances.Between(3, 13), isSharded ? chances.Between(1, 2) : null));
        settings["dimensions"] = dimensions;
        settings["compression"] = JsonNode.Parse(
            chances.Of("\"none\"", "\"none\"", "{\"name\":\"none\",\"checksum\":true}", "\"blosc-lz4\"", "\"zstd\""));
        if (chances.OneIn(3))
            settings["pyramid"] = Pyramid(chances, dimensions, names.Contains("z"));
        return settings;
    }

    private static List<string> Names(Chances chances, Mood mood, bool isColour)
    {
        var names = new[] { "t", "c", "z", "p" };
        chances.Shuffle<string>(names);
        if (chances.OneIn(mood == Mood.Flushing ? 1 : 3))
            names = ["t", .. names.Where(name => name != "t")];
        var chosen = names[..chances.Of(1, 1, 2, 2, 3)].Where(name => !isColour || name != "c").ToList();
        return chosen.Count == 0 ? ["t"] : chosen;
    }

    private static JsonObject Pyramid(Chances chances, JsonArray dimensions, bool hasDepth)
    {
        var shrinksDepth = hasDepth && chances.OneIn(2);
        // The mean of a block with missing frames is not the value of any frame.
        var method = shrinksDepth ? chances.Of("decimate", "min", "max", "median", "mode")
            : chances.Of("mean", "decimate", "min", "max", "median", "mode");
        var pyramid = new JsonObject { ["levels"] = LevelsOf(dimensions, chances.Between(2, 3)), ["method"] = method };
        if (shrinksDepth)
            pyramid["factors"] = new JsonObject { ["z"] = 2 };
        return pyramid;
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

    // Not more often than the frame can be halved.
    private static int LevelsOf(JsonArray dimensions, int wanted)
    {
        var longest = Math.Max((int)dimensions[^1]!["count"]!, (int)dimensions[^2]!["count"]!);
        var levels = 1;
        for (; levels < wanted && longest > 1; levels++)
            longest = (longest + 1) / 2;
        return levels;
    }
}
