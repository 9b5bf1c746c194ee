using System.Collections.Immutable;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Layout;

/// <summary>
/// What is open at the same time while an array's frames arrive in acquisition order. For a downsampled level, its planes count
/// as frames.
/// </summary>
/// <param name="Frames">The most frames, of all arrays of the level, between a chunk's first frame and its last.</param>
/// <param name="OpenChunkRows">The most chunk rows of this array that wait for frames.</param>
/// <param name="CameraChunkRows">The most chunk rows that wait for frames in all the camera's arrays, each laid out as this
/// one.</param>
/// <param name="OpenShardRows">The most shard rows of this array that wait for chunks.</param>
internal readonly record struct FrameSpan(long Frames, long OpenChunkRows, long CameraChunkRows, long OpenShardRows)
{
    /// <remarks>
    /// Let s be the slowest acquisition dimension along which a chunk is longer than 1. A chunk row is complete at the latest
    /// when s has advanced by a chunk's length, while every faster dimension cycles. The same holds for shards.
    /// </remarks>
    public static FrameSpan Of(CameraPlan camera, LevelPlan level)
    {
        var array = level.Arrays[0];
        return Of(camera, level, array.ChunkShape, array.ShardShapeInChunks);
    }

    /// <summary>
    /// The most frames of a level between the first and the last that are combined into one plane of the next level.
    /// </summary>
    public static long OfBlocks(CameraPlan camera, LevelPlan level, LevelPlan next) =>
        Of(camera, level, next.Step, default).Frames;

    private static FrameSpan Of(CameraPlan camera, LevelPlan level,
        ImmutableArray<int> chunkShape, ImmutableArray<int> shardShape) =>
        Of(Shrunk(camera, level), level.Number == 0 ? camera.Router.PlanesPerFrame : 1, chunkShape, shardShape);

    // The acquisition as if the planes of the level were its frames.
    private static RoutedDimension[] Shrunk(CameraPlan camera, LevelPlan level) =>
        [.. camera.Router.AcquisitionOrder.Select(dimension =>
        dimension.StorageAxis == RoutedDimension.SelectsArray ? dimension
        : dimension with { Count = level.LengthAlong(dimension.StorageAxis, dimension.Count) })];

    private static FrameSpan Of(RoutedDimension[] order, int planesPerFrame,
        ImmutableArray<int> chunkShape, ImmutableArray<int> shardShape)
    {
        long frames = 1, chunkRows = 1, cameraRows = 1, shardRows = 1;
        long faster = 1, fasterRows = 1, fasterCameraRows = 1, fasterShardRows = 1;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var (count, axis) = order[i];
            var isAxis = axis != RoutedDimension.SelectsArray;
            long chunk = isAxis ? chunkShape[axis] : 1;
            var shard = isAxis && !shardShape.IsDefault ? chunk * shardShape[axis] : chunk;
            if (chunk > 1)
            {
                frames = checked((count == 0 ? chunk : Math.Min(chunk, count)) * faster);
                chunkRows = fasterRows;
                cameraRows = fasterCameraRows;
            }

            if (shard > 1)
                shardRows = fasterShardRows;
            // The unbounded dimension is the slowest: no dimension is slower.
            faster = checked(faster * Math.Max(1, count));
            var chunks = Math.Max(1, (count + chunk - 1) / chunk);
            fasterRows = checked(fasterRows * (isAxis ? chunks : 1));
            fasterCameraRows = checked(fasterCameraRows * chunks);
            fasterShardRows = checked(fasterShardRows * (isAxis ? Math.Max(1, (count + shard - 1) / shard) : 1));
        }

        // The planes of a frame are the fastest dimension: they arrive and are freed together.
        return new FrameSpan((frames + planesPerFrame - 1) / planesPerFrame, chunkRows, cameraRows, shardRows);
    }
}
