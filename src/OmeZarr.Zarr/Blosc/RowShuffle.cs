using System.Runtime.CompilerServices;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Shuffles the next elements of a chunk that lies in pieces, reading them where they lie.</summary>
internal static unsafe class RowShuffle
{
    /// <summary>As <see cref="ByteShuffle.RowsToPlanes(byte*, nint, nint, byte**, nint, nint, int)"/>.</summary>
    /// <param name="rows">Taken from; its rows are whole elements.</param>
    /// <param name="planes">Where each plane begins: they may lie anywhere.</param>
    /// <param name="elements">Elements to take.</param>
    /// <param name="typeSize">Bytes of an element: the number of planes.</param>
    internal static void ToPlanes(ref ChunkPixelCursor rows, byte** planes, int elements, int typeSize)
    {
        for (nint done = 0; done < elements;)
        {
            var count = rows.NextRows((elements - (int)done) * typeSize, out var source, out var stride, out var runs) / typeSize;
            if (source != null)
                ByteShuffle.RowsToPlanes(source, (nint)stride, runs, planes, done, count, typeSize);
            else
                Clear(planes, done, count, typeSize);
            done += (nint)count * runs;
        }
    }

    /// <summary>The same, with the planes one behind the other.</summary>
    [SkipLocalsInit]
    internal static void ToPlanes(ref ChunkPixelCursor rows, byte* planes, nint planeStride, int elements, int typeSize)
    {
        var table = stackalloc byte*[typeSize];
        for (nint plane = 0; plane < typeSize; plane++)
            table[plane] = planes + plane * planeStride;
        ToPlanes(ref rows, table, elements, typeSize);
    }

    /// <summary>As <see cref="BitShuffle.ToRows"/>, for a whole block.</summary>
    /// <param name="rows">Taken from; its rows are whole elements.</param>
    /// <param name="bits">Where the first row of bits goes.</param>
    /// <param name="elements">Elements of the block: a multiple of 8.</param>
    /// <param name="typeSize">Bytes of an element.</param>
    [SkipLocalsInit]
    internal static void ToBitRows(ref ChunkPixelCursor rows, byte* bits, int elements, int typeSize)
    {
        var planes = stackalloc byte[BitShuffle.TileBytes];
        var tile = BitShuffle.TileElementsFor(typeSize);
        nint rowStride = elements / BitTranspose.BitsPerByte;
        for (var first = 0; first < elements; first += tile)
        {
            var count = Math.Min(tile, elements - first);
            ToPlanes(ref rows, planes, count, count, typeSize);
            BitShuffle.PlanesToRows(planes, bits + first / BitTranspose.BitsPerByte, rowStride, count, typeSize);
        }
    }

    private static void Clear(byte** planes, nint done, int count, int typeSize)
    {
        for (var plane = 0; plane < typeSize; plane++)
            new Span<byte>(planes[plane] + done, count).Clear();
    }
}
