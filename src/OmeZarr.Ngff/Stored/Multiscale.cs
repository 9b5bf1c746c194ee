using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>What an element of <c>multiscales</c> says of its arrays.</summary>
/// <param name="Axes">In the order of the arrays' axes.</param>
/// <param name="Levels">Full resolution first.</param>
internal readonly record struct Multiscale(ImmutableArray<Axis> Axes, ImmutableArray<ResolutionLevel> Levels)
{
    /// <summary>A list of axes, of which no two have the same name.</summary>
    internal static ImmutableArray<Axis> ReadAxes(JsonNode? node, string at)
    {
        var axes = node.Each(at, ReadAxis);
        return axes.Length > 0 && axes.DistinctBy(axis => axis.Name).Count() == axes.Length
            ? axes
            : throw StoredJson.Expected(at, "a list of axes with different names", node);
    }

    private static Axis ReadAxis(JsonNode? node, string at)
    {
        var axis = node.AsObject(at);
        return new Axis(axis["name"].AsText($"{at}.name"), axis["type"].AsOptionalText($"{at}.type"),
            axis["unit"].AsOptionalText($"{at}.unit"));
    }
}
