using System.Globalization;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// A Zarr array that grows along its first axis and may be written anywhere, of which a few chunks are in memory. A chunk is
/// stored whole, again whenever something was added to it: so that all is readable at every instant, on any kind of store.
/// </summary>
/// <remarks>
/// Two locks, the owner's: chunks in memory change under <c>content</c>, which is never held during a store's operation
/// except by who holds <c>storing</c> too; what goes to the store goes in turn, under <c>storing</c>, taken first.
/// </remarks>
internal sealed unsafe class CachedArray : IDisposable
{
    /// <summary>Chunks in memory: the current one, and those that late frames of several producers still go to.</summary>
    public const int OpenChunks = 3;

    private const long NoChunk = -1;

    private readonly IStore _store;
    private readonly string _path;
    private readonly ArrayMetadata _metadata;
    private readonly ChunkCoder _coder;
    private readonly NativeBuffer _memory;
    private readonly Open[] _open = new Open[OpenChunks];
    private readonly int _chunkBytes;
    private readonly int _rowBytes;
    private readonly int _chunkRows;
    private long _uses;
    private long _stored = NoChunk; // The highest chunk that was ever stored: what is above need not be looked for.
    private long _shape = -1;

    public CachedArray(IStore store, string path, ArrayMetadata metadata, ChunkCoder coder)
    {
        _store = store;
        _path = path;
        _metadata = metadata;
        _coder = coder;
        _chunkBytes = metadata.ChunkBytes;
        _chunkRows = metadata.ChunkShape[0];
        _rowBytes = _chunkBytes / _chunkRows;
        _memory = new NativeBuffer((long)OpenChunks * _chunkBytes);
        _open.AsSpan().Fill(new Open { Chunk = NoChunk });
    }

    /// <summary>Indices along the first axis that have been written, up to the last one.</summary>
    public long Rows { get; private set; }

    /// <summary>Indices of a chunk along the first axis.</summary>
    public int ChunkRows => _chunkRows;

    /// <summary>Memory of an array with chunks of that many bytes, without its coder.</summary>
    public static long BytesFor(int chunkBytes) => NativeBuffer.AlignUp((long)OpenChunks * chunkBytes);

    /// <summary>Whether a row can be reached without the store; under <c>content</c>.</summary>
    public bool IsNear(long row)
    {
        var chunk = row / _chunkRows;
        return Find(chunk) >= 0 || (chunk > _stored && !_open[Victim()].IsDirty);
    }

    /// <summary>
    /// The bytes from an index on to the end of its chunk, to be changed; under <c>content</c>, and <c>storing</c> unless it
    /// <see cref="IsNear"/>.
    /// </summary>
    /// <param name="row">The index along the first axis.</param>
    /// <param name="rows">How many indices will be written, at least 1.</param>
    public Span<byte> Change(long row, int rows = 1)
    {
        var slot = Reach(row / _chunkRows);
        _open[slot].IsDirty = true;
        var first = (int)(row % _chunkRows);
        rows = Math.Min(rows, _chunkRows - first);
        Rows = Math.Max(Rows, row + rows);
        return Content(slot).Slice(first * _rowBytes, rows * _rowBytes);
    }

    /// <summary>The bytes from an index on to the end of its chunk; under both locks.</summary>
    public ReadOnlySpan<byte> Look(long row) => Content(Reach(row / _chunkRows))[((int)(row % _chunkRows) * _rowBytes)..];

    /// <summary>Stores what has changed; under <c>storing</c>.</summary>
    public void Store(Lock content, bool durable)
    {
        for (var slot = 0; slot < OpenChunks; slot++)
        {
            long chunk;
            lock (content)
            {
                if (!_open[slot].IsDirty)
                    continue;
                chunk = _open[slot].Chunk;
                TakeForStoring(slot);
            }

            Put(chunk, durable, slot, content);
        }
    }

    /// <summary>Says how long the array is, unless that is what was said last; under <c>storing</c>.</summary>
    public void StoreShape(long rows, bool durable)
    {
        if (rows == _shape)
            return;
        long[] shape = _metadata.ChunkShape.Length == 1 ? [rows] : [rows, _metadata.ChunkShape[1]];
        var known = _shape < 0 ? null : _store.Get($"{_path}/{ArrayMetadata.Key}");
        var document = FrameTableLayout.Document(_path, _metadata, shape, known);
        _store.Put(document.Key, document.Utf8.Span, durable);
        _shape = rows;
    }

    public void Dispose() => _memory.Dispose();

    private int Find(long chunk)
    {
        for (var slot = 0; slot < OpenChunks; slot++)
        {
            if (_open[slot].Chunk == chunk)
                return slot;
        }

        return -1;
    }

    // The chunk that was not used for the longest time.
    private int Victim()
    {
        var victim = 0;
        for (var slot = 1; slot < OpenChunks; slot++)
        {
            if (_open[slot].LastUse < _open[victim].LastUse)
                victim = slot;
        }

        return victim;
    }

    private int Reach(long chunk)
    {
        var slot = Find(chunk);
        if (slot < 0)
        {
            slot = Victim();
            Replace(slot, chunk);
        }

        _open[slot].LastUse = ++_uses;
        return slot;
    }

    private void Replace(int slot, long chunk)
    {
        if (_open[slot].IsDirty)
        {
            var old = _open[slot].Chunk;
            TakeForStoring(slot);
            _store.Put(KeyOf(old), _coder.Encode(), durable: false);
        }

        _open[slot] = new Open { Chunk = NoChunk };
        if (chunk <= _stored && _store.Get(KeyOf(chunk)) is { } encoded)
            _coder.Decode(encoded, Content(slot));
        else
            _metadata.FillValue.Fill(Content(slot), _metadata.DataType);
        _open[slot].Chunk = chunk;
    }

    private void TakeForStoring(int slot)
    {
        Content(slot).CopyTo(_coder.Source);
        _open[slot].IsDirty = false;
        _stored = Math.Max(_stored, _open[slot].Chunk);
    }

    private void Put(long chunk, bool durable, int slot, Lock content)
    {
        try
        {
            _store.Put(KeyOf(chunk), _coder.Encode(), durable);
        }
        catch
        {
            // To be tried again at the end, unless a new chunk has taken the place that looked clean; the stream has failed anyway.
            lock (content)
            {
                if (_open[slot].Chunk == chunk)
                    _open[slot].IsDirty = true;
            }

            throw;
        }
    }

    private string KeyOf(long chunk) => string.Create(
        CultureInfo.InvariantCulture, $"{_path}/c/{chunk}{(_metadata.ChunkShape.Length == 1 ? "" : "/0")}");

    // SAFETY: slots are numbered 0 to OpenChunks - 1, and the memory holds so many chunks.
    private Span<byte> Content(int slot) => new(_memory.Pointer + (long)slot * _chunkBytes, _chunkBytes);

    private struct Open
    {
        public long Chunk;
        public long LastUse;
        public bool IsDirty;
    }
}
