using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Arrays;

/// <summary>Finds the innermost chunks that a region touches, object by object.</summary>
/// <param name="array">The array.</param>
/// <param name="prefix">What the keys of its chunks begin with.</param>
/// <param name="region">A part of it.</param>
internal sealed class ChunkWalk(StoredArray array, string prefix, Region region)
{
    /// <summary>How many there are, at most <see cref="long.MaxValue"/>. Not one by one.</summary>
    internal long Count()
    {
        var shape = array.Chunk.Innermost.Shape;
        Int128 count = 1;
        for (var axis = 0; axis < shape.Length && count > 0; axis++)
        {
            var touched = region.Count[axis];
            // In steps beyond a chunk's length each element is in a chunk of its own.
            if (touched > 0 && region.Step[axis] < shape[axis])
            {
                var last = region.Start[axis] + (touched - 1) * region.Step[axis];
                touched = last / shape[axis] - region.Start[axis] / shape[axis] + 1;
            }

            count = Int128.Min(long.MaxValue, count * touched);
        }

        return (long)count;
    }

    /// <summary>The chunks, those of an object one after the other.</summary>
    internal IEnumerable<ChunkRef> Chunks()
    {
        foreach (var (cell, first, count) in Cells(array.Chunk.Shape.AsSpan().ToArray(), new long[array.Rank], [.. region.Count]))
        {
            var key = prefix + array.Keys.KeyOf(cell);
            foreach (var chunk in Inside(array.Chunk, key, [], cell, first, count))
                yield return chunk;
        }
    }

    private IEnumerable<ChunkRef> Inside(
        ChunkLayout layout, string key, int[] places, long[] cell, long[] first, long[] count)
    {
        if (layout.Shard is not { } shard)
        {
            var origin = new long[cell.Length];
            for (var axis = 0; axis < cell.Length; axis++)
                origin[axis] = cell[axis] * layout.Shape[axis];
            yield return new ChunkRef(key, places, origin, first, count);
            yield break;
        }

        var end = first.Zip(count, (from, length) => from + length).ToArray();
        foreach (var (inner, innerFirst, innerCount) in Cells([.. shard.Chunk.Shape], first, end))
        {
            var place = 0L;
            foreach (var axis in layout.Order)
                place = place * shard.Counts[axis] + (inner[axis] - cell[axis] * shard.Counts[axis]);
            foreach (var chunk in Inside(shard.Chunk, key, [.. places, (int)place], inner, innerFirst, innerCount))
                yield return chunk;
        }
    }

    /// <summary>
    /// The cells of a grid that elements <paramref name="from"/> to <paramref name="to"/> of the region lie in, in C order, with
    /// the elements in each. Cells between two elements are left out.
    /// </summary>
    private IEnumerable<(long[] Cell, long[] First, long[] Count)> Cells(long[] shape, long[] from, long[] to)
    {
        var rank = shape.Length;
        for (var axis = 0; axis < rank; axis++)
        {
            if (from[axis] >= to[axis])
                yield break;
        }

        var at = (long[])from.Clone();
        while (true)
        {
            var cell = new long[rank];
            var count = new long[rank];
            for (var axis = 0; axis < rank; axis++)
            {
                cell[axis] = CellOf(axis, at[axis], shape[axis]);
                count[axis] = NextCell(axis, at[axis], shape[axis], to[axis]) - at[axis];
            }

            yield return (cell, (long[])at.Clone(), count);
            var turning = rank - 1;
            for (; turning >= 0; turning--)
            {
                at[turning] = NextCell(turning, at[turning], shape[turning], to[turning]);
                if (at[turning] < to[turning])
                    break;
                at[turning] = from[turning];
            }

            if (turning < 0)
                yield break;
        }
    }

    private long CellOf(int axis, long element, long length) =>
        (region.Start[axis] + element * region.Step[axis]) / length;

    /// <summary>The first element beyond the cell of another. No overflow: whole grids are checked to fit into 64 bits.</summary>
    private long NextCell(int axis, long element, long length, long end)
    {
        var next = (CellOf(axis, element, length) + 1) * length - region.Start[axis];
        var step = region.Step[axis];
        return Math.Min(end, next / step + (next % step > 0 ? 1 : 0));
    }
}
