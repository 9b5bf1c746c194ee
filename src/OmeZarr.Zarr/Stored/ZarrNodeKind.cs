using System.Text.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>Tells what a <c>zarr.json</c> is the metadata of, before it is read.</summary>
public static class ZarrNodeKind
{
    /// <summary>Whether the document calls itself an array. One that is not valid is none.</summary>
    public static bool IsArray(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("node_type", out var type)
                && type.ValueKind == JsonValueKind.String && type.ValueEquals("array"u8);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
