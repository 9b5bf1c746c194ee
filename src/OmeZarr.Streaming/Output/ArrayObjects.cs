using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Output;

/// <summary>The objects of one array: its keys, its shards, its single chunks. Any thread.</summary>
internal sealed class ArrayObjects
{
    private readonly IWritableStore _store;
    private readonly ArrayPlan _plan;
    private readonly long _maxShardDataBytes;
    private readonly int _footerBytes;
    private readonly ShardIndexPool _indexes;
    private long _bytesOut;
    private long _chunksWritten;

    /// <param name="store">Where they are stored.</param>
    /// <param name="plan">The array.</param>
    /// <param name="chunksPerShard">Chunks that a shard has room for.</param>
    /// <param name="maxChunkBytes">The largest size of an encoded chunk.</param>
    /// <param name="durable">Whether each object must survive a power cut once it is complete.</param>
    /// <param name="indexes">Memory for the indexes of its shards, shared with other arrays; null: its own.</param>
    public ArrayObjects(IWritableStore store, ArrayPlan plan, int chunksPerShard, int maxChunkBytes, bool durable,
        ShardIndexPool? indexes = null)
    {
        _store = store;
        _plan = plan;
        // Each chunk may be an append of its own, which begins at a multiple of the store's alignment.
        _maxShardDataBytes = checked(
            (long)chunksPerShard * ((maxChunkBytes + store.WriteAlignment - 1L) / store.WriteAlignment * store.WriteAlignment));
        _footerBytes = ShardIndex.SizeInBytes(chunksPerShard);
        Durable = durable;
        _indexes = indexes ?? new ShardIndexPool(chunksPerShard);
    }

    /// <summary>The array.</summary>
    public ArrayPlan Plan => _plan;

    public bool Durable { get; }

    /// <summary>Bytes handed to the store: chunks and shard indexes.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    public long ChunksWritten => Volatile.Read(ref _chunksWritten);

    public ShardWriter CreateShard(ReadOnlySpan<long> frameAxes, long y, long x)
    {
        Span<char> key = stackalloc char[MaxKeyLength];
        var target = _store.Create(key[..FormatKey(frameAxes, y, x, key)].ToString(), _maxShardDataBytes, _footerBytes);
        var index = _indexes.Take();
        Interlocked.Add(ref _bytesOut, index.Encoded.Length);
        return new ShardWriter(target, index, _indexes);
    }

    /// <summary>Stores a chunk as an object of its own; it becomes visible when it is complete.</summary>
    public void PutChunk(ReadOnlySpan<long> frameAxes, long y, long x, ReadOnlySpan<MemoryRange> encoded)
    {
        Span<char> key = stackalloc char[MaxKeyLength];
        _store.Put(key[..FormatKey(frameAxes, y, x, key)], encoded, Durable);
    }

    /// <summary>Counts chunks that the store has taken, and their encoded bytes.</summary>
    public void CountChunks(int chunks, long bytes)
    {
        Interlocked.Add(ref _chunksWritten, chunks);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    // The path of its array, and the key of the chunk or shard below it.
    private int MaxKeyLength => _plan.Path.Length + 1 + ChunkGrid.MaxKeyLength(_plan.FrameAxes + 2);

    private int FormatKey(ReadOnlySpan<long> frameAxes, long y, long x, Span<char> key)
    {
        Span<long> coordinates = stackalloc long[frameAxes.Length + 2];
        frameAxes.CopyTo(coordinates);
        coordinates[^2] = y;
        coordinates[^1] = x;
        var path = _plan.Path;
        path.CopyTo(key);
        key[path.Length] = '/';
        return path.Length + 1 + ChunkGrid.FormatKey(coordinates, key[(path.Length + 1)..]);
    }
}
