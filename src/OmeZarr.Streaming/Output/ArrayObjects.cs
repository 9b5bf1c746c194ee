using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Output;

/// <summary>The objects of one array: its keys, its shards, its single chunks. Any thread.</summary>
internal sealed class ArrayObjects
{
    private readonly IStore _store;
    private readonly ArrayPlan _plan;
    private readonly int _chunksPerShard;
    private readonly long _maxShardDataBytes;
    private readonly Lock _lock = new();
    private readonly Stack<ShardIndexBuffer> _indexes = new();
    private readonly Action<ShardIndexBuffer> _giveIndexBack;
    private long _bytesOut;
    private long _chunksWritten;

    /// <param name="store">Where they go.</param>
    /// <param name="plan">The array.</param>
    /// <param name="chunksPerShard">Chunks that a shard has room for.</param>
    /// <param name="maxChunkBytes">The most that an encoded chunk can have.</param>
    /// <param name="durable">Whether each object must survive a power cut once it is complete.</param>
    public ArrayObjects(IStore store, ArrayPlan plan, int chunksPerShard, int maxChunkBytes, bool durable)
    {
        _store = store;
        _plan = plan;
        _chunksPerShard = chunksPerShard;
        _maxShardDataBytes = checked((long)chunksPerShard * maxChunkBytes);
        Durable = durable;
        _giveIndexBack = GiveIndexBack;
    }

    public bool Durable { get; }

    /// <summary>Bytes handed to the store: chunks and shard indexes.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    public long ChunksWritten => Volatile.Read(ref _chunksWritten);

    public ShardWriter CreateShard(ReadOnlySpan<long> frameAxes, long y, long x)
    {
        var target = _store.Create(Key(frameAxes, y, x), _maxShardDataBytes);
        var index = RentIndex();
        Interlocked.Add(ref _bytesOut, index.Encoded.Length);
        return new ShardWriter(target, index, _giveIndexBack);
    }

    /// <summary>Stores a chunk as an object of its own; it becomes visible when it is whole.</summary>
    public void PutChunk(ReadOnlySpan<long> frameAxes, long y, long x, ReadOnlySpan<byte> encoded) =>
        _store.Put(Key(frameAxes, y, x), encoded, Durable);

    /// <summary>Counts chunks that the store has taken, and their encoded bytes.</summary>
    public void CountChunks(int chunks, long bytes)
    {
        Interlocked.Add(ref _chunksWritten, chunks);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    private ShardIndexBuffer RentIndex()
    {
        lock (_lock)
        {
            if (_indexes.TryPop(out var index))
                return index.Clear();
        }

        return new ShardIndexBuffer(_chunksPerShard).Clear();
    }

    private void GiveIndexBack(ShardIndexBuffer index)
    {
        lock (_lock)
            _indexes.Push(index);
    }

    private string Key(ReadOnlySpan<long> frameAxes, long y, long x)
    {
        Span<long> coordinates = stackalloc long[frameAxes.Length + 2];
        frameAxes.CopyTo(coordinates);
        coordinates[^2] = y;
        coordinates[^1] = x;
        return $"{_plan.Path}/{ChunkGrid.Key(coordinates)}";
    }
}
