using OmeZarr.Acquisition;

namespace OmeZarr.Streaming;

/// <summary>What is open at the same time while an array's frames arrive in acquisition order.</summary>
/// <param name="Frames">The most frames, of all arrays, between a chunk's first frame and its last.</param>
/// <param name="OpenGroups">The most groups of chunks of this array that wait for frames.</param>
/// <param name="LaneGroups">The most groups of chunks of all the camera's arrays that do, each laid out as this one.</param>
/// <param name="OpenSlabs">The most slabs of shards of this array that wait for chunks.</param>
internal readonly record struct FrameSpan(long Frames, long OpenGroups, long LaneGroups, long OpenSlabs)
{
    /// <remarks>
    /// Let s be the slowest acquisition dimension along which a chunk is longer than 1. A group is whole at the latest when
    /// s has advanced by a chunk's length, and everything faster than s goes round meanwhile. The same holds for shards.
    /// </remarks>
    public static FrameSpan Of(FrameRouter router, ArrayPlan array)
    {
        long frames = 1, groups = 1, laneGroups = 1, slabs = 1;
        long faster = 1, fasterGroups = 1, fasterLaneGroups = 1, fasterSlabs = 1;
        for (var i = router.AcquisitionOrder.Length - 1; i >= 0; i--)
        {
            var (count, axis) = router.AcquisitionOrder[i];
            var isAxis = axis != RoutedDimension.SelectsArray;
            long chunk = isAxis ? array.ChunkShape[axis] : 1;
            var shard = isAxis && array.IsSharded ? chunk * array.ShardShapeInChunks[axis] : chunk;
            if (chunk > 1)
            {
                frames = checked((count == 0 ? chunk : Math.Min(chunk, count)) * faster);
                groups = fasterGroups;
                laneGroups = fasterLaneGroups;
            }

            if (shard > 1)
                slabs = fasterSlabs;
            // The unbounded dimension is the slowest: nothing is slower than it.
            faster = checked(faster * Math.Max(1, count));
            var chunks = Math.Max(1, (count + chunk - 1) / chunk);
            fasterGroups = checked(fasterGroups * (isAxis ? chunks : 1));
            fasterLaneGroups = checked(fasterLaneGroups * chunks);
            fasterSlabs = checked(fasterSlabs * (isAxis ? Math.Max(1, (count + shard - 1) / shard) : 1));
        }

        // The planes of a frame are the fastest dimension: they come and go together.
        return new FrameSpan((frames + router.PlanesPerFrame - 1) / router.PlanesPerFrame, groups, laneGroups, slabs);
    }
}
