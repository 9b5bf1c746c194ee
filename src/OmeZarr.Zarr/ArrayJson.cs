using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>The parts of an array's <c>zarr.json</c> that are read alike, whoever wrote it.</summary>
internal static class ArrayJson
{
    /// <summary>More axes are not read, so that hostile shapes stay small.</summary>
    private const int MaxRank = 32;

    private static readonly string[] KnownMembers =
    [
        "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs",
        "attributes", "dimension_names", "storage_transformers",
    ];

    /// <summary>Opens the document of an array, and reads its shape.</summary>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> json, out long[] shape)
    {
        var document = NodeJson.Parse(json, "array", KnownMembers);
        try
        {
            shape = document.RootElement.Lengths("shape", min: 0);
            return shape.Length is > 0 and <= MaxRank
                ? document
                : throw new ZarrFormatException($"The shape has {shape.Length} axes; 1 to {MaxRank} are supported.");
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>The shape that the chunk grid cuts the array into; only the regular grid is known.</summary>
    internal static long[] ReadGrid(JsonElement grid, int rank)
    {
        var name = grid.Name("chunk_grid");
        if (name != "regular")
            throw new ZarrFormatException($"The chunk_grid \"{name}\" is not supported; only \"regular\" is.");
        return ReadChunkShape(grid.Configuration("chunk_grid"), rank);
    }

    internal static long[] ReadChunkShape(JsonElement configuration, int rank)
    {
        var shape = configuration.Lengths("chunk_shape", min: 1);
        return shape.Length == rank
            ? shape
            : throw new ZarrFormatException($"The chunk_shape has {shape.Length} axes and the array {rank}.");
    }

    internal static ImmutableArray<string?> ReadDimensionNames(JsonElement root, int rank)
    {
        if (root.OptionalMember("dimension_names") is not { ValueKind: not JsonValueKind.Null } list)
            return default;
        var names = list.Items("dimension_names");
        if (names.Length != rank)
            throw new ZarrFormatException($"There are {names.Length} dimension_names for {rank} axes.");
        return
        [
            .. names.Select(name => name.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => name.GetString(),
                _ => throw JsonReading.Expected("dimension_names", "texts or null", name),
            }),
        ];
    }

    internal static ShardIndexLocation ReadIndexLocation(JsonElement configuration)
    {
        if (configuration.OptionalMember("index_location") is null)
            return ShardIndexLocation.End;
        var location = configuration.Text("index_location");
        return location switch
        {
            "end" => ShardIndexLocation.End,
            "start" => ShardIndexLocation.Start,
            _ => throw new ZarrFormatException($"The index_location \"{location}\" is neither \"start\" nor \"end\"."),
        };
    }
}
