using System.Globalization;
using System.Text.Json.Nodes;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Tests.Pictures;

/// <summary>
/// Draws an image as viewers do at first: the plane that <c>rdefs</c> names, each active channel from black to its colour within
/// its window, the channels added. It knows nothing but what is stored.
/// </summary>
internal static class Viewer
{
    /// <summary>The picture as red, green and blue bytes, of an edge of so many pixels.</summary>
    public static byte[] Draw(MemoryStore store, string path, int edge)
    {
        var below = path.Length == 0 ? "" : $"{path}/";
        var ome = JsonNode.Parse(store.Get($"{below}zarr.json")!)!["attributes"]!["ome"]!;
        var multiscale = ome["multiscales"]![0]!;
        string?[] kinds = [.. multiscale["axes"]!.AsArray().Select(axis => axis!["type"]?.GetValue<string>())];
        using var reader = ArrayReader.Open(store.Get, below + multiscale["datasets"]![0]!["path"]!.GetValue<string>());
        var (height, width) = (reader.Shape[^2], reader.Shape[^1]);
        var picture = new double[edge * edge * 3];
        foreach (var (number, channel) in ome["omero"]!["channels"]!.AsArray().Index())
        {
            if (!channel!["active"]!.GetValue<bool>())
                continue;
            long[] origin = [.. kinds.Select((kind, axis) => axis >= kinds.Length - 2 ? 0 : kind switch
            {
                "time" => ome["omero"]!["rdefs"]!["defaultT"]!.GetValue<long>(),
                "space" => ome["omero"]!["rdefs"]!["defaultZ"]!.GetValue<long>(),
                "channel" => number,
                _ => 0,
            })];
            var type = reader.Metadata.DataType;
            var plane = new byte[height * width * type.Size()];
            reader.Read(origin, [.. kinds.Select((_, axis) => axis < kinds.Length - 2 ? 1 : reader.Shape[axis])], plane);
            for (var at = 0; at < edge * edge; at++)
            {
                var place = (at / edge * height / edge * width) + at % edge * width / edge;
                Add(picture, at * 3, channel, ValueAt(plane.AsSpan((int)place * type.Size()), type));
            }
        }

        return [.. picture.Select(value => (byte)Math.Clamp(value, 0, 255))];
    }

    private static void Add(double[] picture, int at, JsonNode channel, double value)
    {
        var window = channel["window"]!;
        var (start, end) = (window["start"]!.GetValue<double>(), window["end"]!.GetValue<double>());
        var share = double.IsNaN(value) ? 0 : Math.Clamp((value - start) / (end - start), 0, 1);
        var color = channel["color"]!.GetValue<string>();
        for (var i = 0; i < 3; i++)
            picture[at + i] += share * int.Parse(color.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static double ValueAt(Span<byte> pixel, DataType type) => type switch
    {
        DataType.UInt8 => pixel[0],
        DataType.Int8 => (sbyte)pixel[0],
        DataType.UInt16 => BitConverter.ToUInt16(pixel),
        DataType.Int16 => BitConverter.ToInt16(pixel),
        DataType.UInt32 => BitConverter.ToUInt32(pixel),
        DataType.Int32 => BitConverter.ToInt32(pixel),
        DataType.Float32 => BitConverter.ToSingle(pixel),
        _ => BitConverter.ToDouble(pixel),
    };
}
