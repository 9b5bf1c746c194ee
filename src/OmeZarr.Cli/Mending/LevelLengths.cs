using System.Text.Json.Nodes;
using OmeZarr.Reading;

namespace OmeZarr.Cli.Mending;

/// <summary>
/// Levels of an image that differ in length along axes that no level shortens (time, channels): each gets the shortest, which
/// all of them have.
/// </summary>
internal static class LevelLengths
{
    /// <summary>Shapes that are to be written, by the paths of arrays.</summary>
    public static IEnumerable<(string Array, long[] Before, long[] After)> Find(DatasetImage image)
    {
        var shapes = image.Levels.Select(level => level.Array.Metadata.Shape.ToArray()).ToArray();
        var shortest = Enumerable.Range(0, image.Axes.Length).Select(axis => shapes.Min(shape => shape[axis])).ToArray();
        for (var i = 0; i < shapes.Length; i++)
        {
            long[] after = [.. shapes[i].Select((length, axis) => image.Axes[axis].Type == "space" ? length : shortest[axis])];
            if (!after.SequenceEqual(shapes[i]))
                yield return (image.Levels[i].Array.Path, shapes[i], after);
        }
    }

    /// <summary>The document of an array with another shape; all else is as it was.</summary>
    public static JsonNode WithShape(byte[] document, long[] shape)
    {
        var json = JsonNode.Parse(document)!;
        json["shape"] = new JsonArray([.. shape.Select(length => JsonValue.Create(length))]);
        return json;
    }
}
