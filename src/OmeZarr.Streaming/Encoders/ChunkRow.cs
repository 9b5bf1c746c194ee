using OmeZarr.Memory;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// All chunks that the same frames fill: one step of the chunk grid along the frame axes. It collects its frames and is
/// ready once the last one is in; its tiles are then encoded, batch by batch, by any workers. Objects are reused.
/// </summary>
internal sealed class ChunkRow
{
    private int _outstanding;
    private int _batchesLeft;
    private int _readersLeft;

    public ChunkRow(ArrayWriter array)
    {
        Array = array;
        Parts = new FramePart[array.Geometry.FramesPerChunk];
        Coordinates = new long[array.Geometry.Plan.FrameAxes];
    }

    public ArrayWriter Array { get; }

    /// <summary>Memory for the chunk row's chunks, tile after tile in the order of batches, when frames are copied out early; otherwise null.</summary>
    public AssemblyBuffer? Assembly { get; private set; }

    /// <summary>What each plane of the chunk is made of, in its C order.</summary>
    public FramePart[] Parts { get; }

    /// <summary>The chunk grid's coordinates along the frame axes.</summary>
    public long[] Coordinates { get; }

    public long Id { get; private set; }

    /// <summary>The shards that the chunk row's chunks go to; null when each chunk is an object of its own.</summary>
    public ShardRow? ShardRow { get; private set; }

    /// <summary>Frames that are or will be in: those within the array, less the skipped ones.</summary>
    public int Frames { get; private set; }

    /// <summary>Frames that have been routed here, skipped ones included; the distributor only.</summary>
    public int Routed { get; private set; }

    /// <summary>Frames of the chunk row that lie within the array.</summary>
    public int Expected { get; private set; }

    /// <summary>The next batch to be given to a worker; guarded by <see cref="Workers.ReadyWork"/>.</summary>
    public int NextBatch { get; set; }

    /// <summary>The frame axes' part of the chunks' number within their shard.</summary>
    public int FirstChunkInShard { get; private set; }

    /// <summary>The generation in which the ready chunk row was counted as a job; see <see cref="Concurrency.InFlightCounts"/>.</summary>
    public int Generation { get; set; }

    public void Open(long id, ShardRow? shardRow, AssemblyBuffer? assembly, int firstChunkInShard, int expected)
    {
        Id = id;
        ShardRow = shardRow;
        Assembly = assembly;
        FirstChunkInShard = firstChunkInShard;
        Expected = expected;
        Frames = 0;
        Routed = 0;
        NextBatch = 0;
        Parts.AsSpan().Fill(FramePart.Missing);
        Volatile.Write(ref _outstanding, expected);
        Volatile.Write(ref _batchesLeft, Array.Geometry.BatchesPerChunkRow);
        Volatile.Write(ref _readersLeft, Array.Geometry.BatchesPerChunkRow);
    }

    /// <summary>Notes a frame's plane, or its absence; with the last one the chunk row is open no more. The distributor only.</summary>
    public void Enter(int position, FramePart part)
    {
        Parts[position] = part;
        Routed++;
        if (!part.IsMissing)
            Frames++;
        if (Routed == Expected)
            Array.Close(this);
    }

    /// <summary>Counts frames that are complete; returns true to the one caller who completes the last. Full fence.</summary>
    public bool CompleteFrames(int frames) => InvariantException.IsLast(Interlocked.Add(ref _outstanding, -frames), "frames of a chunk row");

    /// <summary>Counts a batch that needs the frames no more; returns true to the one caller who counted the last. Full fence.</summary>
    public bool LeaveFrames() => InvariantException.IsLast(Interlocked.Decrement(ref _readersLeft), "readers of a chunk row");

    /// <summary>Counts a batch that is done; returns true to the one caller who finished the last. Full fence.</summary>
    public bool FinishBatch() => InvariantException.IsLast(Interlocked.Decrement(ref _batchesLeft), "batches of a chunk row");
}
