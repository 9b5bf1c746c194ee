using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// A tiny OME-Zarr made by hand in a folder of its own: two levels, t, c, y, x, uncompressed. Deleted when disposed.
/// </summary>
internal sealed class SampleDataset : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("omezarr-");

    public SampleDataset()
    {
        WriteGroup("", Image());
        WriteArray("0", [2, 2, 4, 6]);
        WriteArray("1", [2, 2, 2, 3]);
    }

    public string Path => _folder.FullName;

    /// <summary>The elements of an array of that many, little-endian: 1, 2, 3, …</summary>
    public static byte[] Elements(int count)
    {
        var elements = new byte[2 * count];
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(elements.AsSpan(2 * i), (ushort)(i + 1));
        return elements;
    }

    /// <summary>Changes the metadata of a node.</summary>
    public void Change(string node, Action<JsonNode> change)
    {
        var file = System.IO.Path.Join(Path, node, "zarr.json");
        var meta = JsonNode.Parse(File.ReadAllText(file))!;
        change(meta);
        File.WriteAllText(file, meta.ToJsonString());
    }

    /// <summary>Writes a group with such OME metadata.</summary>
    public void WriteGroup(string path, string ome) => Write(path, $$$"""
        {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {{{ome}}}}}
        """);

    /// <summary>OME metadata of an image of two levels.</summary>
    public static string Image() => """
        {
          "version": "0.5",
          "multiscales": [{
            "name": "sample",
            "type": "mean",
            "metadata": {"method": "by hand"},
            "axes": [
              {"name": "t", "type": "time", "unit": "second"}, {"name": "c", "type": "channel"},
              {"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space", "unit": "micrometer"}
            ],
            "datasets": [
              {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 0.5, 0.5]}]},
              {"path": "1", "coordinateTransformations": [
                {"type": "scale", "scale": [1, 1, 1, 1]}, {"type": "translation", "translation": [0, 0, 0.25, 0.25]}]}
            ]
          }],
          "omero": {
            "channels": [
              {"label": "DAPI", "color": "0000FF", "active": true, "window": {"min": 0, "max": 65535, "start": 0, "end": 100}},
              {"label": "GFP", "color": "00FF00", "active": true, "window": {"min": 0, "max": 65535, "start": 0, "end": 100}}
            ],
            "rdefs": {"defaultT": 0, "defaultZ": 0, "model": "color"}
          }
        }
        """;

    /// <summary>Writes an array t, c, y, x of uint16 in one chunk.</summary>
    public void WriteArray(string path, int[] shape)
    {
        var sizes = string.Join(", ", shape);
        Write(path, $$$"""
            {
              "zarr_format": 3, "node_type": "array", "shape": [{{{sizes}}}], "data_type": "uint16", "fill_value": 0,
              "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [{{{sizes}}}]}},
              "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
              "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
              "dimension_names": ["t", "c", "y", "x"], "attributes": {}
            }
            """);
        var chunk = System.IO.Path.Join(Path, path, "c", "0", "0", "0", "0");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(chunk)!);
        File.WriteAllBytes(chunk, Elements(shape.Aggregate(1, (a, b) => a * b)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string path, string json)
    {
        Directory.CreateDirectory(System.IO.Path.Join(Path, path));
        File.WriteAllText(System.IO.Path.Join(Path, path, "zarr.json"), json);
    }
}
