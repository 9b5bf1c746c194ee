using System.Runtime.CompilerServices;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Sorts the bits of elements into rows: the lowest bit of every element, then the next, up to the highest of the last
/// byte. Works on any run of elements of a block (in eights), so that a block may be assembled while it is shuffled.
/// </summary>
internal static unsafe class BitShuffle
{
    /// <summary>
    /// Elements that are sorted into byte planes at a time, on the stack. Their bits fill whole cache lines of each row, and a
    /// plane's eight rows, which often lie a power of two apart, fit an 8-way cache set.
    /// </summary>
    private const int TileElements = 512;

    private const int MaxTiledTypeSize = 8;

    /// <summary>Bytes of a tile's planes, at most.</summary>
    internal const int TileBytes = TileElements * MaxTiledTypeSize;

    /// <summary>Bit-shuffles a run of elements.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="rows">Where this run's part of the first row goes.</param>
    /// <param name="rowStride">Bytes from one row to the next: an eighth of the elements of the whole block.</param>
    /// <param name="elements">Elements in this run: a multiple of 8.</param>
    /// <param name="typeSize">Bytes of an element.</param>
    [SkipLocalsInit]
    internal static void ToRows(byte* source, byte* rows, nint rowStride, nint elements, int typeSize)
    {
        if (typeSize == 1)
        {
            BitTranspose.ToRows(source, rows, rowStride, elements);
            return;
        }

        var planes = stackalloc byte[TileBytes];
        var tile = TileElementsFor(typeSize);
        for (nint first = 0; first < elements; first += tile)
        {
            var count = nint.Min(tile, elements - first);
            ByteShuffle.ToPlanes(source + first * typeSize, planes, count, count, typeSize);
            PlanesToRows(planes, rows + first / BitTranspose.BitsPerByte, rowStride, count, typeSize);
        }
    }

    /// <summary>Bit-shuffles elements whose bytes are sorted into planes that follow each other.</summary>
    /// <param name="planes">The planes, of <paramref name="elements"/> bytes each.</param>
    /// <param name="rows">Where these elements' part of the first row goes.</param>
    /// <param name="rowStride">Bytes from one row to the next.</param>
    /// <param name="elements">A multiple of 8.</param>
    /// <param name="typeSize">Bytes of an element: the number of planes.</param>
    internal static void PlanesToRows(byte* planes, byte* rows, nint rowStride, nint elements, int typeSize)
    {
        for (nint plane = 0; plane < typeSize; plane++)
            BitTranspose.ToRows(planes + plane * elements, rows + plane * BitTranspose.BitsPerByte * rowStride, rowStride,
                elements);
    }

    /// <summary>The inverse of <see cref="ToRows"/>.</summary>
    [SkipLocalsInit]
    internal static void FromRows(byte* rows, byte* destination, nint rowStride, nint elements, int typeSize)
    {
        if (typeSize == 1)
        {
            BitTranspose.FromRows(rows, destination, rowStride, elements);
            return;
        }

        var planes = stackalloc byte[TileBytes];
        var tile = TileElementsFor(typeSize);
        for (nint first = 0; first < elements; first += tile)
        {
            var count = nint.Min(tile, elements - first);
            for (nint plane = 0; plane < typeSize; plane++)
            {
                var row = rows + plane * BitTranspose.BitsPerByte * rowStride + first / BitTranspose.BitsPerByte;
                BitTranspose.FromRows(row, planes + plane * count, rowStride, count);
            }

            ByteShuffle.FromPlanes(planes, destination + first * typeSize, count, count, typeSize);
        }
    }

    /// <summary>
    /// A multiple of 8 elements whose planes fit the stack buffer; at least 16 for the widest element of 255 bytes.
    /// </summary>
    internal static int TileElementsFor(int typeSize) =>
        typeSize <= MaxTiledTypeSize
            ? TileElements
            : TileBytes / typeSize & -BitTranspose.BitsPerByte;
}
