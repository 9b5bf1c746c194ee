using System.Globalization;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>A Zarr array on the store that grows along its first axis: its chunks, each put whole, and its document. One thread at a time.</summary>
internal sealed class StoredArray(IWritableStore store, string path, ArrayMetadata metadata, ChunkCoder coder)
{
    private const long None = -1;

    private long _highest = None;
    private bool _hasDocument;
    private bool _isUncertain; // The last document may be there or not.

    /// <summary>How the array is cut and encoded.</summary>
    public ArrayMetadata Metadata => metadata;

    /// <summary>The length that its document says, -1 before there is one; after a failure, the most that it may say.</summary>
    public long Length { get; private set; } = None;

    /// <summary>Where a chunk is put to be stored. Arrays of the same kind share it.</summary>
    public Span<byte> Source => coder.Source;

    /// <summary>Stores <see cref="Source"/> as a chunk, in place of what it was; readers see the one or the other.</summary>
    public void Put(long chunk, bool durable)
    {
        // A chunk of no array is nobody's: who looks through a killed dataset must find whose it is.
        if (!_hasDocument)
            PutLength(0, durable);
        // Also when it fails: it may be there all the same.
        _highest = Math.Max(_highest, chunk);
        store.Put(KeyOf(chunk), coder.Encode(), durable);
    }

    /// <summary>A chunk as it is on the store; what is not there has the fill value.</summary>
    public void Load(long chunk, Span<byte> content)
    {
        if (chunk <= _highest && store.Get(KeyOf(chunk)) is { } encoded)
            coder.Decode(encoded, content);
        else
            Clear(content);
    }

    /// <summary>Makes rows unknown.</summary>
    public void Clear(Span<byte> rows) => metadata.FillValue.Fill(rows, metadata.DataType);

    /// <summary>Says how long the array is, unless that is what was said last.</summary>
    public void PutLength(long length, bool durable)
    {
        if (length == Length && !_isUncertain)
            return;
        long[] shape = metadata.ChunkShape.Length == 1 ? [length] : [length, metadata.ChunkShape[1]];
        var known = Length < 0 ? null : store.Get($"{path}/{ArrayMetadata.Key}");
        var document = FrameTableLayout.Document(path, metadata, shape, known);
        // Also when it fails: it may be there all the same, and who sees rows must not find less of them elsewhere.
        (Length, _isUncertain) = (Math.Max(Length, length), true);
        store.Put(document.Key, document.Utf8.Span, durable);
        (Length, _isUncertain, _hasDocument) = (length, false, true);
    }

    private string KeyOf(long chunk) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}/c/{chunk}{(metadata.ChunkShape.Length == 1 ? "" : "/0")}");
}
