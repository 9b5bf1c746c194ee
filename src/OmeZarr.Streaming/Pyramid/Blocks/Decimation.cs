using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>Keeps the first pixel of each block: of its first plane, first row, first column.</summary>
/// <typeparam name="TBits">An integer of the pixels' size.</typeparam>
internal sealed unsafe class Decimation<TBits> : RowDownsampling
    where TBits : unmanaged
{
    // SAFETY: the row has a first pixel for each block, and the target a pixel.
    public override void Downsample(in BlockSource source, long blockRow, long first, byte* target)
    {
        var count = source.BlocksAcross - first;
        var row = (TBits*)source.Row(0, blockRow, 0);
        var pixels = (TBits*)target + first;
        if (row == null)
            NativeMemory.Clear(pixels, checked((nuint)(count * sizeof(TBits))));
        else if (source.FactorX == 1)
            NativeMemory.Copy(row + first, pixels, checked((nuint)(count * sizeof(TBits))));
        else
            Pick(row + first * source.FactorX, source.FactorX, count, pixels);
    }

    private static void Pick(TBits* row, int factor, long count, TBits* target)
    {
        for (nint i = 0; i < count; i++)
            Unsafe.WriteUnaligned(target + i, Unsafe.ReadUnaligned<TBits>(row + i * factor));
    }
}
