using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>Reads the <c>zarr.json</c> of any writer's array, and makes sure that its parts fit together.</summary>
internal static class StoredArrayReader
{
    /// <summary>More axes are not read, so that hostile shapes stay small.</summary>
    private const int MaxRank = 32;

    private static readonly string[] KnownMembers =
    [
        "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs",
        "attributes", "dimension_names", "storage_transformers",
    ];

    internal static StoredArray Read(ReadOnlyMemory<byte> json)
    {
        using var document = NodeJson.Parse(json, "array", KnownMembers);
        var root = document.RootElement;
        var shape = root.Lengths("shape", min: 0);
        if (shape.Length is 0 or > MaxRank)
            throw new ZarrFormatException($"The shape has {shape.Length} axes; 1 to {MaxRank} are supported.");
        if (root.OptionalMember("storage_transformers") is { } list && list.Items("storage_transformers") is { Length: > 0 } some)
            throw new ZarrFormatException($"The storage transformer \"{some[0].Name("storage_transformer")}\" is not supported.");

        var type = ReadType(root.Member("data_type"));
        var array = new StoredArray
        {
            Shape = [.. shape],
            Type = type,
            Chunk = CodecChain.Parse(root.Member("codecs"), ReadGrid(root.Member("chunk_grid"), shape.Length), type),
            Keys = ChunkKeys.Parse(root.Member("chunk_key_encoding")),
            FillValue = [.. FillBytes.Parse(root.Member("fill_value"), type)],
            DimensionNames = ReadDimensionNames(root, shape.Length),
            Attributes = NodeJson.ReadAttributes(root),
            Codecs = JsonNode.Parse(root.Member("codecs").GetRawText())!,
        };
        CheckSize(array);
        return array;
    }

    private static ElementType ReadType(JsonElement type)
    {
        var name = type.Name("data_type");
        // The short form and the long one mean the same, as long as there is nothing to configure.
        if (type.ValueKind == JsonValueKind.Object
            && type.OptionalMember("configuration") is { ValueKind: JsonValueKind.Object } more && more.EnumerateObject().Any())
            throw new ZarrFormatException($"The data_type \"{name}\" with a configuration is not supported.");
        return ElementType.Of(name);
    }

    private static long[] ReadGrid(JsonElement grid, int rank)
    {
        var name = grid.Name("chunk_grid");
        if (name != "regular")
            throw new ZarrFormatException($"The chunk_grid \"{name}\" is not supported; only \"regular\" is.");
        return CodecChain.ReadChunkShape(grid.Configuration("chunk_grid"), rank);
    }

    private static ImmutableArray<string?> ReadDimensionNames(JsonElement root, int rank)
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

    private static void CheckSize(StoredArray array)
    {
        try
        {
            _ = checked(ChunkGrid.Elements(array.Shape.AsSpan()) * array.Type.Size);
            var grid = new ChunkGrid(array.Shape.AsSpan(), array.Chunk.Shape.AsSpan());
            for (var axis = 0; axis < grid.Rank; axis++)
                _ = checked(grid.Counts[axis] * array.Chunk.Shape[axis]);
        }
        catch (OverflowException e)
        {
            throw new ZarrFormatException($"The array of {string.Join(" x ", array.Shape)} elements is too large to be read.", e);
        }
    }
}
