using System.Buffers;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>The <c>zarr.json</c> of a group.</summary>
/// <param name="Attributes">
/// User attributes, not looked into; null when there are none. Belongs to the caller and is only read.
/// </param>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#group-metadata"/>
public sealed record GroupMetadata(JsonObject? Attributes)
{
    private static readonly string[] KnownMembers = ["zarr_format", "node_type", "attributes"];

    /// <summary>The UTF-8 text of <c>zarr.json</c>.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = NodeJson.Start(output, "group");
        NodeJson.Finish(writer, Attributes);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a <c>zarr.json</c>, which may be hostile.</summary>
    /// <exception cref="ZarrFormatException">It is not the valid metadata of a group; the message says why.</exception>
    public static GroupMetadata Parse(ReadOnlyMemory<byte> json)
    {
        using var document = NodeJson.Parse(json, "group", KnownMembers);
        return new GroupMetadata(NodeJson.ReadAttributes(document.RootElement));
    }
}
