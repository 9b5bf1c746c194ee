using System.Collections.Immutable;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Acquisition;

/// <summary>
/// The most bytes that arrays take of a store: every chunk as large as its codec may make it, and the indexes of shards.
/// Documents, frame metadata, and what a file system needs for itself are not counted.
/// </summary>
public static class MostStored
{
    /// <summary>Of all arrays; null when one of them grows without bound. Never more than fits into a long.</summary>
    public static long? Bytes(AcquisitionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var sum = UInt128.Zero;
        foreach (var array in plan.Arrays)
        {
            if (array.UnboundedAxis >= 0)
                return null;
            sum += (UInt128)Bytes(array);
        }

        return Cut(sum);
    }

    /// <summary>Of an array, or of one step of chunks (or of shards) along its unbounded axis.</summary>
    public static long Bytes(ArrayPlan array)
    {
        ArgumentNullException.ThrowIfNull(array);
        var most = (UInt128)new ChunkCodec(array.Compression, array.Checksum, array.DataType).MaxEncodedBytes(array.ChunkBytes);
        var unbounded = array.UnboundedAxis;
        if (!array.IsSharded)
            return Cut(most * Count(array.Shape, array.ChunkShape, unbounded, unboundedStep: 1));
        var perShard = array.ShardShapeInChunks;
        ImmutableArray<long> shardGrid =
            [.. array.Shape.Select((length, axis) => ArrayLayout.ChunksAlong(length, array.ChunkShape[axis]))];
        var chunks = Count(array.Shape, array.ChunkShape, unbounded, unbounded < 0 ? 1 : perShard[unbounded]);
        var shards = Count(shardGrid, perShard, unbounded, unboundedStep: 1);
        var chunksOfShard = perShard.Aggregate(1, (product, chunk) => checked(product * chunk));
        return Cut((most * chunks) + (shards * (UInt128)ShardIndex.SizeInBytes(chunksOfShard)));
    }

    private static UInt128 Count(ImmutableArray<long> shape, ImmutableArray<int> piece, int unbounded, int unboundedStep)
    {
        UInt128 count = 1;
        for (var axis = 0; axis < shape.Length; axis++)
            count *= (UInt128)(axis == unbounded ? unboundedStep : ArrayLayout.ChunksAlong(shape[axis], piece[axis]));
        return count;
    }

    private static long Cut(UInt128 bytes) => bytes > long.MaxValue ? long.MaxValue : (long)bytes;
}
