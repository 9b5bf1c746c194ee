using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>
/// A reader of a camera's frame metadata that follows the store object by object and looks at rows without any code of the
/// table's.
/// </summary>
internal sealed class StoredRows(CameraPlan plan)
{
    private readonly Dictionary<string, long> _lengths = [];
    private readonly Dictionary<(string Name, long Chunk), byte[]> _chunks = [];
    private readonly Dictionary<string, ArrayMetadata> _arrays = [];

    /// <summary>Whether the group itself is there.</summary>
    public bool HasGroup { get; private set; }

    /// <summary>Takes in an object that has been put.</summary>
    public void Take(string key, byte[] value)
    {
        var below = key[(FrameTableLayout.PathOf(plan).Length + 1)..].Split('/');
        if (below is ["zarr.json"])
            HasGroup = true;
        else if (below is [var name, "zarr.json"])
            _lengths[name] = (long)JsonNode.Parse(value)!["shape"]![0]!;
        else
            _chunks[(below[0], long.Parse(below[2], CultureInfo.InvariantCulture))] = Decoded(below[0], value);
    }

    public long Length(string name) => _lengths.GetValueOrDefault(name);

    /// <summary>Whether the table says that something is known of a frame.</summary>
    public bool Shows(long frame) =>
        Row(FrameTableLayout.Image, frame) is { } row && BinaryPrimitives.ReadInt32LittleEndian(row) >= 0;

    /// <summary>A number of a frame, or null when the array has none.</summary>
    public double? Number(string name, long frame) =>
        Row(name, frame) is { } row && BinaryPrimitives.ReadDoubleLittleEndian(row) is var number && !double.IsNaN(number)
            ? number : null;

    public long? Timestamp(long frame) =>
        Row(FramePropertyNames.Timestamp, frame) is { } row && BinaryPrimitives.ReadInt64LittleEndian(row) is var ns
            && ns != long.MinValue ? ns : null;

    /// <summary>The first index of where the frame is, or null when that is not told.</summary>
    public long? Place(long frame) =>
        Row(FrameTableLayout.StorageIndex, frame) is { } row && BinaryPrimitives.ReadInt64LittleEndian(row) is var index
            && index >= 0 ? index : null;

    /// <summary>The text of a frame as the arrays have it, whatever they have; null for none.</summary>
    public string? Text(long frame)
    {
        if (Row(FrameTableLayout.JsonLength, frame) is not { } row
            || BinaryPrimitives.ReadUInt32LittleEndian(row) is not (> 0 and var length))
            return null;
        var offset = Row(FrameTableLayout.JsonOffset, frame) is { } start ? BinaryPrimitives.ReadUInt64LittleEndian(start) : 0;
        var text = new byte[length];
        var end = Math.Min((long)offset + length, Length(FrameTableLayout.Json));
        for (var at = (long)offset; at < end;)
        {
            var inChunk = (int)(at % FrameTableLayout.JsonBytesPerChunk);
            var bytes = (int)Math.Min(end - at, FrameTableLayout.JsonBytesPerChunk - inChunk);
            if (_chunks.TryGetValue((FrameTableLayout.Json, at / FrameTableLayout.JsonBytesPerChunk), out var chunk))
                chunk.AsSpan(inChunk, bytes).CopyTo(text.AsSpan((int)(at - (long)offset)));
            at += bytes;
        }

        return Encoding.UTF8.GetString(text);
    }

    private byte[]? Row(string name, long index)
    {
        if (index >= Length(name))
            return null;
        var metadata = Array(name);
        var rows = metadata.ChunkShape[0];
        var bytes = metadata.ChunkBytes / rows;
        return _chunks.TryGetValue((name, index / rows), out var chunk)
            ? chunk.AsSpan((int)(index % rows) * bytes, bytes).ToArray()
            : Unknown(metadata, bytes);
    }

    private ArrayMetadata Array(string name) =>
        _arrays.TryGetValue(name, out var array) ? array : _arrays[name] = FrameTableLayout.Column(plan, name);

    private static byte[] Unknown(ArrayMetadata metadata, int bytes)
    {
        var row = new byte[bytes];
        metadata.FillValue.Fill(row, metadata.DataType);
        return row;
    }

    private byte[] Decoded(string name, byte[] value)
    {
        var metadata = Array(name);
        using var coder = new ChunkCoder(metadata.Compression, metadata.DataType, metadata.ChunkBytes);
        var chunk = new byte[metadata.ChunkBytes];
        coder.Decode(value, chunk);
        return chunk;
    }
}
