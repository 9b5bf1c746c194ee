using System.Runtime.CompilerServices;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Shuffles the next elements of a chunk that lies in pieces, reading them where they lie.</summary>
internal static unsafe class RowShuffle
{
    /// <summary>As <see cref="ByteShuffle.ToPlanes(byte*, byte*, nint, nint, int)"/>.</summary>
    /// <param name="rows">Taken from; its rows are whole elements.</param>
    /// <param name="planes">Where the elements' part of the first plane goes.</param>
    /// <param name="planeStride">Bytes from one plane to the next.</param>
    /// <param name="elements">Elements to take.</param>
    /// <param name="typeSize">Bytes of an element.</param>
    internal static void ToPlanes(ref ChunkPixelCursor rows, byte* planes, nint planeStride, int elements, int typeSize)
    {
        while (elements > 0)
        {
            var count = rows.NextRows(elements * typeSize, out var source, out var stride, out var runs) / typeSize;
            if (source != null)
                ByteShuffle.RowsToPlanes(source, (nint)stride, runs, planes, planeStride, count, typeSize);
            else
                Clear(planes, planeStride, count, typeSize);
            planes += (nint)count * runs;
            elements -= count * runs;
        }
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

    private static void Clear(byte* planes, nint planeStride, int count, int typeSize)
    {
        for (var i = 0; i < typeSize; i++)
            new Span<byte>(planes + i * planeStride, count).Clear();
    }
}
