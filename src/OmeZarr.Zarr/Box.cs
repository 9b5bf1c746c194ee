namespace OmeZarr.Zarr;

/// <summary>
/// A box of elements of an array: where it begins and how long it is along each axis. Ends never exceed 64 bits.
/// </summary>
internal readonly record struct Box(long[] Origin, long[] Size)
{
    internal int Rank => Origin.Length;

    internal bool IsEmpty => Size.AsSpan().Contains(0);

    internal static Box OfCell(ReadOnlySpan<long> cell, ReadOnlySpan<long> cellShape)
    {
        var origin = new long[cell.Length];
        for (var axis = 0; axis < cell.Length; axis++)
            origin[axis] = checked(cell[axis] * cellShape[axis]);
        return new Box(origin, cellShape.ToArray());
    }

    internal Box Intersect(Box other)
    {
        var origin = new long[Rank];
        var size = new long[Rank];
        for (var axis = 0; axis < Rank; axis++)
        {
            origin[axis] = Math.Max(Origin[axis], other.Origin[axis]);
            size[axis] = Math.Max(0, Math.Min(End(axis), other.End(axis)) - origin[axis]);
        }

        return new Box(origin, size);
    }

    /// <summary>The cells of a regular grid that this box touches, in C order; each is valid until the next.</summary>
    internal IEnumerable<long[]> CellsTouched(long[] cellShape)
    {
        if (IsEmpty)
            yield break;
        var first = new long[Rank];
        var last = new long[Rank];
        for (var axis = 0; axis < Rank; axis++)
        {
            first[axis] = Origin[axis] / cellShape[axis];
            last[axis] = (End(axis) - 1) / cellShape[axis];
        }

        var cell = (long[])first.Clone();
        do
            yield return cell;
        while (Advance(cell, first, last));
    }

    /// <summary>Copies the elements that two boxes share, each box being stored whole in C order.</summary>
    internal static void CopyShared(ReadOnlySpan<byte> from, Box fromBox, Span<byte> to, Box toBox, int elementBytes)
    {
        var shared = fromBox.Intersect(toBox);
        if (shared.IsEmpty)
            return;
        var last = shared.Rank - 1;
        var rowBytes = checked((int)(shared.Size[last] * elementBytes));
        var end = new long[shared.Rank];
        for (var axis = 0; axis < last; axis++)
            end[axis] = shared.End(axis) - 1;
        end[last] = shared.Origin[last];

        var position = (long[])shared.Origin.Clone();
        do
        {
            var source = checked((int)(fromBox.ElementIndex(position) * elementBytes));
            var target = checked((int)(toBox.ElementIndex(position) * elementBytes));
            from.Slice(source, rowBytes).CopyTo(to[target..]);
        }
        while (Advance(position, shared.Origin, end));
    }

    private long End(int axis) => checked(Origin[axis] + Size[axis]);

    private long ElementIndex(long[] position)
    {
        long index = 0;
        for (var axis = 0; axis < Rank; axis++)
            index = checked(index * Size[axis] + position[axis] - Origin[axis]);
        return index;
    }

    /// <summary>Counts up like an odometer, the last axis fastest; false after the last position.</summary>
    private static bool Advance(long[] position, long[] first, long[] last)
    {
        for (var axis = position.Length - 1; axis >= 0; axis--)
        {
            if (position[axis]++ < last[axis])
                return true;
            position[axis] = first[axis];
        }

        return false;
    }
}
