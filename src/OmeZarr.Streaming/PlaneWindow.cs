namespace OmeZarr.Streaming;

/// <summary>A part of a plane, and where its elements are to go.</summary>
/// <param name="FirstRow">The first row wanted.</param>
/// <param name="Rows">How many.</param>
/// <param name="RowStep">From one to the next.</param>
/// <param name="FirstColumn">The first column wanted.</param>
/// <param name="Columns">How many.</param>
/// <param name="ColumnStep">From one to the next.</param>
/// <param name="To">Address of the first element's place.</param>
/// <param name="ToRowStride">Bytes from one row to the next there.</param>
/// <param name="ToColumnStride">Bytes from one column to the next there.</param>
public readonly record struct PlaneWindow(
    long FirstRow, long Rows, long RowStep, long FirstColumn, long Columns, long ColumnStep, nint To, long ToRowStride,
    long ToColumnStride)
{
    /// <summary>Copies a row's elements from where the row's first one lies.</summary>
    /// <param name="row">The row's number among those wanted.</param>
    /// <param name="from">The element at column <paramref name="first"/> of that row.</param>
    /// <param name="first">A column.</param>
    /// <param name="count">Columns from it on that are there; those wanted among them are copied.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    // SAFETY: the caller vouches for both memories.
    internal unsafe void CopyRow(long row, byte* from, long first, long count, int elementBytes)
    {
        var index = first <= FirstColumn ? 0 : (first - FirstColumn + ColumnStep - 1) / ColumnStep;
        var to = (byte*)To + row * ToRowStride + index * ToColumnStride;
        if (ColumnStep == 1 && ToColumnStride == elementBytes && index < Columns)
        {
            var column = FirstColumn + index;
            var bytes = Math.Min(Columns - index, first + count - column) * elementBytes;
            if (bytes > 0)
                Buffer.MemoryCopy(from + (column - first) * elementBytes, to, bytes, bytes);
            return;
        }

        for (; index < Columns && FirstColumn + index * ColumnStep is var at && at < first + count; index++, to += ToColumnStride)
            Buffer.MemoryCopy(from + (at - first) * elementBytes, to, elementBytes, elementBytes);
    }
}
