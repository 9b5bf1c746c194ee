using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Terminal;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Cli.Pyramids;

/// <summary>The document of a new level: that of the level before with half of the rows and columns, and plain chunks.</summary>
/// <param name="Key">The array's path in the dataset.</param>
/// <param name="Utf8">The document.</param>
/// <param name="Metadata">What it says.</param>
/// <param name="Shape">Elements along each axis.</param>
/// <param name="Factors">Elements of the level before for one of this, along each axis: 1 or 2.</param>
internal sealed record LevelDocument(
    string Key, byte[] Utf8, ArrayMetadata Metadata, ImmutableArray<long> Shape, ImmutableArray<int> Factors)
{
    /// <summary>Whether a level of that shape is small enough to be the last.</summary>
    public static bool IsSmall(IReadOnlyList<long> shape)
    {
        const int smallEnough = 256;
        return shape[^1] <= smallEnough && shape[^2] <= smallEnough;
    }

    /// <param name="key">Path of the new array in the dataset.</param>
    /// <param name="before">The document of the level before.</param>
    /// <param name="source">What it says.</param>
    /// <exception cref="UserException">It has codecs that can be read but not written.</exception>
    public static LevelDocument Below(string key, byte[] before, Zarr.Stored.StoredArray source)
    {
        ImmutableArray<int> factors = [.. source.Shape.Select((length, axis) => axis >= source.Rank - 2 && length > 1 ? 2 : 1)];
        ImmutableArray<long> shape = [.. source.Shape.Zip(factors, (length, factor) => (length + factor - 1) / factor)];
        var chunk = source.Chunk.Innermost.Shape.Zip(shape, (length, level) => Math.Clamp(length, 1, Math.Max(level, 1)));
        var json = JsonNode.Parse(before)!.AsObject();
        json["shape"] = Numbers(shape);
        json["chunk_grid"] = new JsonObject
        {
            ["name"] = "regular",
            ["configuration"] = new JsonObject { ["chunk_shape"] = Numbers(chunk) },
        };
        json["codecs"] = Innermost(json["codecs"]!.AsArray()).DeepClone();
        var utf8 = Encoding.UTF8.GetBytes(json.ToJsonString());
        try
        {
            return new LevelDocument(key, utf8, ArrayMetadata.Parse(utf8).Metadata, shape, factors);
        }
        catch (ZarrFormatException e)
        {
            throw UserException.CannotAccess($"levels of its kind can be read, but not written: {e.Message}");
        }
    }

    private static JsonArray Innermost(JsonArray codecs)
    {
        while (codecs.FirstOrDefault(codec => (string?)codec?["name"] == "sharding_indexed") is { } sharding)
            codecs = sharding["configuration"]!["codecs"]!.AsArray();
        return codecs;
    }

    private static JsonArray Numbers(IEnumerable<long> numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);
}
