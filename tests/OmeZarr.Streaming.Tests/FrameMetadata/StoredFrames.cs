using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>The arrays of a camera's frame metadata as a reader sees them, whole.</summary>
internal sealed class StoredFrames(Func<string, byte[]?> get, string group = FrameTableLayout.GroupPath)
{
    public bool Has(string name) => get($"{group}/{name}/zarr.json") is not null;

    public long Length(string name)
    {
        using var reader = ArrayReader.Open(get, $"{group}/{name}");
        return reader.Shape[0];
    }

    public T[] Column<T>(string name)
        where T : unmanaged
    {
        if (!Has(name))
            return [];
        using var reader = ArrayReader.Open(get, $"{group}/{name}");
        return MemoryMarshal.Cast<byte, T>(reader.ReadAll()).ToArray();
    }

    /// <summary>The JSON of each frame, null for none.</summary>
    public string?[] Texts()
    {
        var (bytes, offsets, lengths) = (Column<byte>("json"), Column<ulong>("json_offset"), Column<uint>("json_length"));
        return [.. offsets.Zip(lengths, (offset, length) =>
            length == 0 ? null : Encoding.UTF8.GetString(bytes, (int)offset, (int)length))];
    }

    /// <summary>The list in the attributes of an image's group, or null.</summary>
    public JsonArray? Listed(ImagePlan image)
    {
        var group = JsonNode.Parse(get(image.Path.Length == 0 ? "zarr.json" : $"{image.Path}/zarr.json"))!;
        return group["attributes"]!["ome_writers"]?["frame_metadata"]?.AsArray();
    }
}
