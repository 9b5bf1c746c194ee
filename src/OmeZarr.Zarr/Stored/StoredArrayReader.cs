using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>Reads the <c>zarr.json</c> of any writer's array, and makes sure that its parts fit together.</summary>
internal static class StoredArrayReader
{
    internal static StoredArray Read(ReadOnlyMemory<byte> json)
    {
        using var document = ArrayJson.Parse(json, out var shape);
        var root = document.RootElement;
        if (root.OptionalMember("storage_transformers") is { } list && list.Items("storage_transformers") is { Length: > 0 } some)
            throw new ZarrFormatException($"The storage transformer \"{some[0].Name("storage_transformer")}\" is not supported.");

        var type = ReadType(root.Member("data_type"));
        var array = new StoredArray
        {
            Shape = [.. shape],
            Type = type,
            Chunk = CodecChain.Parse(root.Member("codecs"), ArrayJson.ReadGrid(root.Member("chunk_grid"), shape.Length), type),
            Keys = ChunkKeys.Parse(root.Member("chunk_key_encoding")),
            FillValue = [.. FillBytes.Parse(root.Member("fill_value"), type)],
            DimensionNames = ArrayJson.ReadDimensionNames(root, shape.Length),
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
