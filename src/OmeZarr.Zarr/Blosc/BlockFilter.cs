using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Applies the chunk's shuffle to one block at a time, with the exceptions that c-blosc 1.21 makes.</summary>
internal static unsafe class BlockFilter
{
    /// <summary>Whether a block of this length is shuffled at all.</summary>
    internal static bool Applies(BloscShuffle shuffle, int typeSize, int blockLength) => shuffle switch
    {
        BloscShuffle.Byte => typeSize > 1 && blockLength >= typeSize,
        BloscShuffle.Bit => blockLength >= typeSize && blockLength / typeSize % BitTranspose.BitsPerByte == 0,
        _ => false,
    };

    /// <summary>Shuffles a block; bytes behind its last whole element are copied. Only where <see cref="Applies"/>.</summary>
    internal static void Shuffle(BloscShuffle shuffle, int typeSize, ReadOnlySpan<byte> block, Span<byte> shuffled)
    {
        var elements = block.Length / typeSize;
        var target = shuffled[..block.Length];

        // SAFETY: both ranges have the block's length, and the shuffles touch elements * typeSize of it.
        fixed (byte* from = block)
        fixed (byte* to = target)
        {
            if (shuffle == BloscShuffle.Byte)
                ByteShuffle.ToPlanes(from, to, elements, elements, typeSize);
            else
                BitShuffle.ToRows(from, to, elements / BitTranspose.BitsPerByte, elements, typeSize);
        }

        CopyRemainder(block, target, elements * typeSize);
    }

    /// <summary>The inverse of <see cref="Shuffle"/>.</summary>
    internal static void Unshuffle(BloscShuffle shuffle, int typeSize, ReadOnlySpan<byte> shuffled, Span<byte> block)
    {
        var elements = shuffled.Length / typeSize;
        var target = block[..shuffled.Length];

        // SAFETY: both ranges have the block's length, and the shuffles touch elements * typeSize of it.
        fixed (byte* from = shuffled)
        fixed (byte* to = target)
        {
            if (shuffle == BloscShuffle.Byte)
                ByteShuffle.FromPlanes(from, to, elements, elements, typeSize);
            else
                BitShuffle.FromRows(from, to, elements / BitTranspose.BitsPerByte, elements, typeSize);
        }

        CopyRemainder(shuffled, target, elements * typeSize);
    }

    private static void CopyRemainder(ReadOnlySpan<byte> from, Span<byte> to, int start) => from[start..].CopyTo(to[start..]);
}
