using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Layout;

/// <summary>Which frames an array of one level of an image is made of, chunk by chunk. Immutable; any thread.</summary>
/// <param name="router">Says where frames go.</param>
/// <param name="level">The level.</param>
/// <param name="full">The array of full resolution.</param>
/// <param name="image">The index of the image among the camera's.</param>
internal sealed class ArrayFrames(FrameRouter router, LevelPlan level, ArrayPlan full, int image)
{
    /// <summary>The array of the level.</summary>
    public ArrayPlan Array => level.Arrays[image];

    /// <summary>The number of the level, 0 at full resolution.</summary>
    public int Level => level.Number;

    /// <summary>The first of the frames of a chunk row.</summary>
    /// <param name="chunk">Its coordinates along the frame axes.</param>
    public long First(ReadOnlySpan<long> chunk) => First(chunk, inShards: false);

    /// <summary>The last of them, whether it comes or not.</summary>
    public long Last(ReadOnlySpan<long> chunk) => Last(chunk, inShards: false);

    /// <summary>The last of the frames of a shard row.</summary>
    /// <param name="shard">Its coordinates along the frame axes.</param>
    public long LastOfShardRow(ReadOnlySpan<long> shard) => Last(shard, inShards: true);

    /// <summary>
    /// The coordinates of the shard row, or without shards of the chunk row, that a frame of the image is part of.
    /// </summary>
    /// <param name="index">Where the frame is at full resolution.</param>
    /// <param name="unit">Receives as many.</param>
    public void UnitOf(ReadOnlySpan<long> index, Span<long> unit)
    {
        for (var axis = 0; axis < unit.Length; axis++)
            unit[axis] = index[axis] / Step(axis, Array.IsSharded);
    }

    /// <summary>Rows of chunks along the unbounded axis whose frames are all below a number.</summary>
    public long RowsBefore(long frame) =>
        frame / checked(router.FramesPerUnboundedStep * Step(full.UnboundedAxis, inShards: false));

    /// <summary>Calls for each plane of full resolution in a chunk row, within the array.</summary>
    /// <param name="chunk">Its coordinates.</param>
    /// <param name="frame">Receives the number of the plane's frame; false ends it.</param>
    public void ForEach(ReadOnlySpan<long> chunk, Func<long, bool> frame)
    {
        Span<long> at = stackalloc long[chunk.Length];
        for (var axis = 0; axis < at.Length; axis++)
            at[axis] = chunk[axis] * Step(axis, inShards: false);
        while (frame(router.FrameAt(image, at)))
        {
            var axis = at.Length - 1;
            for (; axis >= 0 && ++at[axis] >= End(chunk[axis], axis, inShards: false); axis--)
                at[axis] = chunk[axis] * Step(axis, inShards: false);
            if (axis < 0)
                return;
        }
    }

    private long First(ReadOnlySpan<long> unit, bool inShards)
    {
        Span<long> at = stackalloc long[unit.Length];
        for (var axis = 0; axis < at.Length; axis++)
            at[axis] = checked(unit[axis] * Step(axis, inShards));
        return router.FrameAt(image, at);
    }

    // Along each axis frames are numbered upwards.
    private long Last(ReadOnlySpan<long> unit, bool inShards)
    {
        Span<long> at = stackalloc long[unit.Length];
        for (var axis = 0; axis < at.Length; axis++)
            at[axis] = End(unit[axis], axis, inShards) - 1;
        return router.FrameAt(image, at);
    }

    private long End(long unit, int axis, bool inShards)
    {
        var end = checked((unit + 1) * Step(axis, inShards));
        return axis == full.UnboundedAxis ? end : Math.Min(end, full.Shape[axis]);
    }

    private long Step(int axis, bool inShards) =>
        checked((long)Array.ChunkShape[axis] * level.Factors[axis] * (inShards ? Array.ShardShapeInChunks[axis] : 1));
}
