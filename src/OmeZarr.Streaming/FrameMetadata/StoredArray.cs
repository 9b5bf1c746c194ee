using System.Globalization;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// A stored Zarr array that grows along its first axis: its chunks, each put whole, and its document. One thread at a time.
/// </summary>
internal sealed class StoredArray(IWritableStore store, string path, ArrayMetadata metadata, ChunkCoder coder)
{
    private const long None = -1;

    private long _highest = None;
    private bool _hasDocument;
    private bool _isUncertain; // The last document may or may not be stored.

    /// <summary>How the array is chunked and encoded.</summary>
    public ArrayMetadata Metadata => metadata;

    /// <summary>The length in its document, -1 before there is one; after a failure, the most that it may be.</summary>
    public long Length { get; private set; } = None;

    /// <summary>Receives a chunk that is to be stored. Arrays of the same kind share it.</summary>
    public Span<byte> Source => coder.Source;

    /// <summary>Goes on with an array that is there; false when there is none. Before anything else.</summary>
    public bool TryResume()
    {
        if (store.Get($"{path}/{ArrayMetadata.Key}") is not { } document)
            return false;
        var (_, shape) = ArrayMetadata.Parse(document);
        (Length, _hasDocument) = (shape[0], true);
        _highest = (Length + metadata.ChunkShape[0] - 1) / metadata.ChunkShape[0] - 1;
        return true;
    }

    /// <summary>Stores <see cref="Source"/> as a chunk and replaces the previous one; readers see one or the other.</summary>
    public void Put(long chunk, bool durable)
    {
        // The document first: whoever inspects a killed dataset must find which array a chunk belongs to.
        if (!_hasDocument)
            PutLength(0, durable);
        // Also when it fails: the chunk may have been stored all the same.
        _highest = Math.Max(_highest, chunk);
        store.Put(KeyOf(chunk), coder.Encode(), durable);
    }

    /// <summary>Reads a stored chunk; a missing one has the fill value.</summary>
    public void Load(long chunk, Span<byte> content)
    {
        if (chunk <= _highest && store.Get(KeyOf(chunk)) is { } encoded)
            coder.Decode(encoded, content);
        else
            Clear(content);
    }

    /// <summary>Sets rows to unknown.</summary>
    public void Clear(Span<byte> rows) => metadata.FillValue.Fill(rows, metadata.DataType);

    /// <summary>Writes the array's length, unless it is unchanged.</summary>
    public void PutLength(long length, bool durable)
    {
        if (length == Length && !_isUncertain)
            return;
        long[] shape = metadata.ChunkShape.Length == 1 ? [length] : [length, metadata.ChunkShape[1]];
        var known = Length < 0 ? null : store.Get($"{path}/{ArrayMetadata.Key}");
        var document = FrameTableLayout.Document(path, metadata, shape, known);
        // Also when it fails: the document may have been stored all the same, and a reader that sees these rows must find as many
        // elsewhere.
        (Length, _isUncertain) = (Math.Max(Length, length), true);
        store.Put(document.Key, document.Utf8.Span, durable);
        (Length, _isUncertain, _hasDocument) = (length, false, true);
    }

    private string KeyOf(long chunk) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}/c/{chunk}{(metadata.ChunkShape.Length == 1 ? "" : "/0")}");
}
