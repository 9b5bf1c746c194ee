using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Reading;

/// <summary>
/// What is known of single frames, from the arrays over the frames' numbers that this library's writer makes.
/// docs/frame-metadata.md describes them.
/// </summary>
public static class FrameMetadata
{
    private const string UsualGroup = "OME/frame_metadata";
    private const long LeastInt64 = long.MinValue;

    private static readonly string[] Numbers =
        ["delta_t", "exposure_time", "position_x", "position_y", "position_z"];

    /// <summary>The most bytes of JSON that come with a frame.</summary>
    private const int MostJsonBytes = 1 << 20;

    /// <summary>
    /// All that is known of a frame: <c>image</c> and <c>storage_index</c>, where it is; its properties that are known; and the
    /// members of its free JSON. Null when nothing is.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="camera">The camera's key; empty for a dataset of one camera without.</param>
    /// <param name="frame">The frame's number in the acquisition.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ReadingException">The camera is not known, or what is stored is damaged.</exception>
    public static JsonObject? Of(Dataset dataset, string camera, long frame, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(camera);
        if (frame < 0)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"There is no frame {frame}: frames are counted from 0.");
        if (GroupOf(dataset, camera) is not { } group)
            return null;
        var table = new Table(dataset, group, frame, cancel);
        if (table.Int32("image") is not (>= 0 and var image))
            return null;
        var json = new JsonObject { ["image"] = image };
        if (table.Row("storage_index") is { } index)
            json["storage_index"] = new JsonArray([.. index.Chunk(sizeof(long)).Select(n => (JsonNode?)Int64(n))]);
        foreach (var name in Numbers)
        {
            if (table.Row(name) is { Length: sizeof(double) } value
                && BinaryPrimitives.ReadDoubleLittleEndian(value) is var number && double.IsFinite(number))
                json[name] = number;
        }

        if (table.Row("timestamp_ns") is { Length: sizeof(long) } time && Int64(time) is not LeastInt64 and var timestamp)
            json["timestamp_ns"] = timestamp;
        AddFree(json, table.Text());
        return json;
    }

    /// <summary>The metadata name it at the end of an acquisition; until then it is where it always is.</summary>
    private static string? GroupOf(Dataset dataset, string camera)
    {
        if (dataset.Own is not { } own)
            return null;
        if (camera.Length == 0)
            return own.FrameMetadataPath ?? UsualGroup;
        foreach (var array in own.Json["arrays"] as JsonArray ?? [])
        {
            if (array is JsonObject one && one["key"] is JsonValue key && key.TryGetValue(out string? name) && name == camera)
            {
                return one["frame_metadata"] is JsonObject frames && frames["path"] is JsonValue path
                    && path.TryGetValue(out string? group)
                        ? group : $"{UsualGroup}/{camera}";
            }
        }

        throw new ReadingException(ReadingErrorKind.NotFound, $"The dataset has no camera \"{camera}\".");
    }

    /// <summary>Members that have a column of their own are there already.</summary>
    private static void AddFree(JsonObject json, byte[]? utf8)
    {
        if (utf8 is null)
            return;
        try
        {
            foreach (var (name, value) in JsonNode.Parse(utf8) as JsonObject ?? [])
            {
                if (!json.ContainsKey(name))
                    json[name] = value?.DeepClone();
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new ReadingException(ReadingErrorKind.Damaged, $"The JSON of the frame is damaged: {e.Message}", e);
        }
    }

    private static long Int64(byte[] bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    /// <summary>The columns of a table at one frame.</summary>
    private sealed class Table(Dataset dataset, string group, long frame, CancellationToken cancel)
    {
        /// <summary>What a column has for the frame, or null: there is no such column, or it is too short.</summary>
        internal byte[]? Row(string name) => Column(name) is { } column ? Read(column, frame, 1) : null;

        internal int? Int32(string name) =>
            Row(name) is { Length: sizeof(int) } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : null;

        /// <summary>The frame's free JSON, or null.</summary>
        internal byte[]? Text()
        {
            if (Int32("json_length") is not (> 0 and var length) || Row("json_offset") is not { Length: sizeof(long) } offset
                || Column("json") is not { } texts)
                return null;
            if (length > MostJsonBytes)
                throw new ReadingException(ReadingErrorKind.TooLarge, $"The JSON of frame {frame} has {length} bytes.");
            return Read(texts, Int64(offset), length) ?? throw new ReadingException(
                ReadingErrorKind.Damaged, $"The JSON of frame {frame} lies beyond \"{texts.Path}\".");
        }

        private ArraySource? Column(string name) => dataset.TryArray($"{group}/{name}", cancel);

        private static byte[]? Read(ArraySource column, long first, long count)
        {
            var shape = column.Metadata.Shape;
            if (first < 0 || first > shape[0] - count || shape.Skip(1).Any(length => length > short.MaxValue))
                return null;
            var start = new long[shape.Length];
            start[0] = first;
            var region = Region.Of(shape.AsSpan(), start, [count, .. shape.Skip(1)]);
            var bytes = new byte[checked(region.Elements * column.Metadata.Type.Size)];
            column.Read(region, bytes);
            return bytes;
        }
    }
}
