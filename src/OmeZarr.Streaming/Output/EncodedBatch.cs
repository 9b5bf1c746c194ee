using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// The chunks of one batch of tiles on their way to the store: encoded into the batch's own memory, or uncompressed in place in
/// the frames. Reused; owned by one thread at a time.
/// </summary>
internal sealed unsafe class EncodedBatch : IDisposable
{
    private readonly NativeBuffer _memory;
    private readonly int[] _chunks;
    private readonly int[] _sizes;
    private long _bytes;

    /// <param name="number">Its index in the pool.</param>
    /// <param name="sizes">The sizes of its memory.</param>
    /// <param name="writeAlignment">The alignment of memory that the store takes without a copy.</param>
    public EncodedBatch(int number, BatchSizes sizes, int writeAlignment)
    {
        Number = number;
        _memory = new NativeBuffer(sizes.EncodedBytes);
        _chunks = new int[sizes.Chunks];
        _sizes = new int[sizes.Chunks];
        InPlace = new InPlaceChunks(sizes.Pieces, sizes.Chunks, writeAlignment);
    }

    public int Number { get; }

    /// <summary>Where the chunks go.</summary>
    public ChunkDestination Destination { get; private set; } = null!;

    /// <summary>Which tiles of the chunk row they are.</summary>
    public TileBatch Tiles { get; private set; }

    /// <summary>Uncompressed chunks, in place in the frames.</summary>
    public InPlaceChunks InPlace { get; }

    /// <summary>Whether the frames must stay until the batch is written.</summary>
    public bool IsInPlace { get; set; }

    /// <summary>The next batch that waits for the same shard; guarded by its <see cref="ShardWriter"/>.</summary>
    public EncodedBatch? Next { get; set; }

    /// <summary>Chunks added so far.</summary>
    public int Count { get; private set; }

    /// <summary>The chunks' numbers within their shard.</summary>
    public ReadOnlySpan<int> Chunks => _chunks.AsSpan(0, Count);

    /// <summary>The encoded size of each chunk, in bytes.</summary>
    public ReadOnlySpan<int> Sizes => _sizes.AsSpan(0, Count);

    /// <summary>Encoded bytes of all chunks.</summary>
    public long Bytes => _bytes;

    /// <summary>The memory for the next chunk to be encoded.</summary>
    // SAFETY: the memory was sized for a batch of worst-case chunks, and the ones before took at most that.
    public Span<byte> Room => new(_memory.Pointer + _bytes, (int)Math.Min(int.MaxValue, _memory.Length - _bytes));

    /// <summary>Starts over, with chunks of these tiles.</summary>
    public void Begin(ChunkDestination destination, TileBatch tiles)
    {
        Destination = destination;
        Tiles = tiles;
        Clear();
    }

    /// <summary>Removes all chunks.</summary>
    public void Clear()
    {
        IsInPlace = false;
        Count = 0;
        _bytes = 0;
    }

    /// <summary>Adds the next chunk.</summary>
    public void Add(int chunkInShard, int size)
    {
        _chunks[Count] = chunkInShard;
        _sizes[Count++] = size;
        _bytes += size;
    }

    /// <summary>Appends all chunks in one piece; returns its offset.</summary>
    public long AppendTo(IObjectWriter target)
    {
        if (IsInPlace)
            return target.Append(InPlace.Pieces);
        var encoded = new MemoryRange((nint)_memory.Pointer, (nint)_bytes);
        return target.Append(new ReadOnlySpan<MemoryRange>(in encoded));
    }

    /// <summary>The memory of a chunk that was encoded into the batch's own memory.</summary>
    /// <param name="offset">Bytes of the chunks before it.</param>
    /// <param name="size">Its size in bytes.</param>
    public MemoryRange EncodedAt(long offset, int size) => new((nint)(_memory.Pointer + offset), size);

    public void Dispose() => _memory.Dispose();
}

/// <summary>The capacity of a batch.</summary>
/// <param name="EncodedBytes">Bytes of all its chunks, encoded.</param>
/// <param name="Chunks">Chunks.</param>
/// <param name="Pieces">Pieces of memory from which chunks are written in place.</param>
internal readonly record struct BatchSizes(long EncodedBytes, int Chunks, int Pieces);
