using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Layout;

/// <summary>The chunk and shard grid along one frame axis, and the strides that turn coordinates into one number.</summary>
internal readonly struct AxisPlan
{
    public required int ChunkSize { get; init; }

    /// <summary>Chunks of a shard along the axis; 1 when the array is not sharded.</summary>
    public required int ShardChunks { get; init; }

    /// <summary>Elements along the axis; 0 when it is unbounded.</summary>
    public required long Extent { get; init; }

    /// <summary>Stride of the chunk coordinate in a chunk row's number.</summary>
    public long ChunkRowStride { get; private init; }

    /// <summary>Stride of the shard coordinate in a shard row's number.</summary>
    public long ShardRowStride { get; private init; }

    public bool IsUnbounded => Extent == 0;

    /// <summary>Chunks along the axis; not for an unbounded one.</summary>
    public long Chunks => (Extent + ChunkSize - 1) / ChunkSize;

    private long Shards => (Chunks + ShardChunks - 1) / ShardChunks;

    /// <summary>The frame axes of an array. The unbounded one has the largest stride, so that it has room to grow.</summary>
    public static AxisPlan[] Of(ArrayPlan plan)
    {
        var axes = new AxisPlan[plan.FrameAxes];
        long chunkRow = 1, shardRow = 1;
        for (var axis = axes.Length - 1; axis >= 0; axis--)
        {
            if (axis == plan.UnboundedAxis)
                continue;
            axes[axis] = Along(plan, axis, chunkRow, shardRow);
            chunkRow = checked(chunkRow * axes[axis].Chunks);
            shardRow = checked(shardRow * axes[axis].Shards);
        }

        if (plan.UnboundedAxis >= 0)
            axes[plan.UnboundedAxis] = Along(plan, plan.UnboundedAxis, chunkRow, shardRow);
        return axes;
    }

    /// <summary>Elements of a chunk that lie within the array.</summary>
    public int FramesIn(long chunk) => IsUnbounded ? ChunkSize : (int)Math.Min(ChunkSize, Extent - chunk * ChunkSize);

    /// <summary>Chunks of a shard that lie within the array.</summary>
    public long ChunksInShard(long shard) => IsUnbounded ? ShardChunks : Math.Min(ShardChunks, Chunks - shard * ShardChunks);

    private static AxisPlan Along(ArrayPlan plan, int axis, long chunkRowStride, long shardRowStride) => new()
    {
        ChunkSize = plan.ChunkShape[axis],
        ShardChunks = plan.IsSharded ? plan.ShardShapeInChunks[axis] : 1,
        Extent = axis == plan.UnboundedAxis ? 0 : plan.Shape[axis],
        ChunkRowStride = chunkRowStride,
        ShardRowStride = shardRowStride,
    };
}
