namespace OmeZarr.Reading.Arrays;

/// <summary>An innermost chunk that a region touches, and the part of the region in it.</summary>
/// <param name="Key">The stored object that it is, or is in.</param>
/// <param name="Places">
/// Where it is in the object: its place in the index of each shard around it, outermost first; empty outside shards.
/// </param>
/// <param name="Origin">Its first element in the array.</param>
/// <param name="First">Along each axis, which of the region's elements is the first one in it.</param>
/// <param name="Count">Along each axis, how many of the region's elements are in it.</param>
internal sealed record ChunkRef(string Key, int[] Places, long[] Origin, long[] First, long[] Count)
{
    /// <summary>Its indices in a grid of chunks of this shape.</summary>
    internal long[] IndexIn(ReadOnlySpan<long> chunkShape)
    {
        var index = new long[Origin.Length];
        for (var axis = 0; axis < index.Length; axis++)
            index[axis] = Origin[axis] / chunkShape[axis];
        return index;
    }
}
