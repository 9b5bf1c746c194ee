using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// All chunks that the same frames fill: one step of the chunk grid along the frame axes. It collects its frames and is ready
/// once the last one is in; then any workers encode its tiles, batch by batch. Objects are reused.
/// </summary>
/// <param name="encoding">How its frames are cut, and its chunks encoded.</param>
/// <param name="source">Where its frames lie.</param>
/// <param name="output">The array.</param>
/// <param name="image">Index of the image that the array is a level of.</param>
internal sealed class ChunkRow(ArrayEncoding encoding, FrameSource source, ArrayOutput output,
    int image) : ChunkDestination(output)
{
    private readonly Lock _sharing = new();
    private readonly int[] _isCopied = new int[encoding.Geometry.FramesPerChunk];
    private int _outstanding;
    private int _sharers;
    private bool _isOver;
    private int _batchesLeft;
    private int _readersLeft;

    /// <summary>How its frames are cut, and its chunks encoded.</summary>
    public ArrayEncoding Encoding { get; } = encoding;

    /// <summary>Where its frames lie.</summary>
    public FrameSource Source { get; } = source;

    /// <summary>Index of the image that its array is a level of.</summary>
    public int Image { get; } = image;

    public ChunkGeometry Geometry => Encoding.Geometry;

    /// <summary>
    /// Memory for its chunks, tile by tile in the order of batches, when frames are copied early; otherwise null.
    /// </summary>
    public AssemblyBuffer? Assembly { get; private set; }

    /// <summary>The source of each plane of the chunk, in C order.</summary>
    public FramePart[] Parts { get; } = new FramePart[encoding.Geometry.FramesPerChunk];

    /// <summary>Frames that have been routed here, skipped ones included; the distributor only.</summary>
    public int Routed { get; private set; }

    /// <summary>Frames that lie within the array.</summary>
    public int Expected { get; private set; }

    /// <summary>Whether all its frames have been routed here.</summary>
    public bool IsRouted => Routed == Expected;

    /// <summary>The next batch to be handed to a worker; guarded by the queue of ready work.</summary>
    public int NextBatch { get; set; }

    /// <summary>
    /// The generation in which it was counted as a job when it became ready; see <see cref="Concurrency.InFlightCounts"/>.
    /// </summary>
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
        _isCopied.AsSpan().Clear();
        lock (_sharing)
            _isOver = false;
        Volatile.Write(ref _outstanding, expected);
        Volatile.Write(ref _batchesLeft, Geometry.BatchesPerChunkRow);
        Volatile.Write(ref _readersLeft, Geometry.BatchesPerChunkRow);
    }

    /// <summary>Enters a frame's plane, or its absence; the distributor only.</summary>
    public void Enter(int position, FramePart part)
    {
        Parts[position] = part;
        Routed++;
        if (!part.IsMissing)
            Frames++;
    }

    /// <summary>Tells that a plane is in the assembly memory, whole. Release: who sees it sees the pixels.</summary>
    public void MarkCopied(int position) => Volatile.Write(ref _isCopied[position], 1);

    /// <summary>
    /// Keeps the assembly memory as it is until <see cref="EndShare"/>; false when the chunk row is over, or is another one now.
    /// Any thread.
    /// </summary>
    public bool TryShare(long id)
    {
        lock (_sharing)
        {
            if (_isOver || Id != id || Assembly is null)
                return false;
            _sharers++;
            return true;
        }
    }

    /// <summary>Whether a plane is in the assembly memory; between the two calls around it.</summary>
    public bool IsCopied(int position) => Volatile.Read(ref _isCopied[position]) != 0;

    /// <summary>Ends a share; returns whether the caller has to retire the chunk row, which is over.</summary>
    public bool EndShare()
    {
        lock (_sharing)
            return --_sharers == 0 && _isOver;
    }

    /// <summary>Ends the chunk row; returns whether the caller has to retire it: otherwise the last sharer does.</summary>
    public bool End()
    {
        lock (_sharing)
        {
            _isOver = true;
            return _sharers == 0;
        }
    }

    /// <summary>Counts frames as complete; returns true to the one caller who completes the last. Full fence.</summary>
    public bool CompleteFrames(int frames) =>
        InvariantException.IsLast(Interlocked.Add(ref _outstanding, -frames), "frames of a chunk row");

    /// <summary>
    /// Counts a batch that no longer needs the frames; returns true to the one caller who counts the last. Full fence.
    /// </summary>
    public bool LeaveFrames() => InvariantException.IsLast(Interlocked.Decrement(ref _readersLeft), "readers of a chunk row");

    /// <summary>Counts a batch as finished; returns true to the one caller who finishes the last. Full fence.</summary>
    public bool FinishBatch() => InvariantException.IsLast(Interlocked.Decrement(ref _batchesLeft), "batches of a chunk row");
}

/// <summary>
/// A plane to be copied into the memory of its chunk row, so that its slot is free before the chunks are complete.
/// </summary>
/// <param name="ChunkRow">A chunk row with memory of its own.</param>
/// <param name="Position">The position of the plane in the chunk.</param>
/// <param name="Part">The plane.</param>
internal readonly record struct EarlyCopy(ChunkRow ChunkRow, int Position, FramePart Part);
