namespace OmeZarr.Streaming.Output;

/// <summary>The destination of the chunks of a chunk row, which are written batch by batch. Objects are reused.</summary>
internal abstract class ChunkDestination(ArrayOutput output)
{
    /// <summary>The array.</summary>
    public ArrayOutput Output { get; } = output;

    /// <summary>The chunk grid's coordinates along the frame axes.</summary>
    public long[] Coordinates { get; } = new long[output.Geometry.Plan.FrameAxes];

    /// <summary>Number of the chunk row in its array.</summary>
    public long Id { get; protected set; }

    /// <summary>The shard row of the chunks; null when each chunk is an object of its own.</summary>
    public ShardRow? ShardRow { get; protected set; }

    /// <summary>The frame axes' part of the chunks' number within their shard.</summary>
    public int FirstChunkInShard { get; protected set; }

    /// <summary>Frames that it has or will have: those within the array, less the skipped ones.</summary>
    public int Frames { get; protected set; }
}
