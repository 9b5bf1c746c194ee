using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>A method that looks at all pixels of a block in order.</summary>
internal interface IRankPick<TKey>
    where TKey : unmanaged
{
    /// <summary>One of the keys.</summary>
    static abstract TKey Pick(ReadOnlySpan<TKey> sorted);
}

/// <summary>Gathers the pixels of a block as keys, sorts them and picks one.</summary>
/// <param name="scratch">
/// Room for the keys of a block, or null when a block of as many planes as there can be fits <see cref="RankMemory.StackBytes"/>.
/// </param>
internal sealed unsafe class RankReduction<TKey, TOrder, TPick>(byte* scratch) : RowReduction
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    where TOrder : struct, IPixelOrder<TKey>
    where TPick : struct, IRankPick<TKey>
{
    /// <summary>Up to here the simplest sort is the fastest.</summary>
    private const int FewKeys = 16;

    private readonly TKey* _scratch = (TKey*)scratch;

    // SAFETY: the keys of a block fit the scratch memory, which was made for the factors; the target has a pixel per block.
    public override void Reduce(in BlockSource source, long blockRow, long first, byte* target)
    {
        var stack = stackalloc byte[RankMemory.StackBytes];
        var keys = _scratch == null ? (TKey*)stack : _scratch;
        var pixels = (TKey*)target;
        for (var block = first; block < source.BlocksAcross; block++)
        {
            var sorted = new Span<TKey>(keys, Gather(source, blockRow, block, keys));
            Sort(sorted);
            Unsafe.WriteUnaligned(pixels + block, TOrder.BitsOf(TPick.Pick(sorted)));
        }
    }

    private static int Gather(in BlockSource source, long blockRow, long block, TKey* keys)
    {
        var rows = source.RowsOf(blockRow);
        var columns = source.ColumnsOf(block);
        var count = 0;
        for (var plane = 0; plane < source.Planes.Length; plane++)
        {
            for (var row = 0; row < rows; row++, count += columns)
            {
                var line = (TKey*)source.Row(plane, blockRow, row);
                if (line == null)
                    new Span<TKey>(keys + count, columns).Fill(TOrder.KeyOf(default));
                else
                    GatherRow(line + block * source.FactorX, columns, keys + count);
            }
        }

        return count;
    }

    private static void GatherRow(TKey* row, int columns, TKey* keys)
    {
        for (var i = 0; i < columns; i++)
            keys[i] = TOrder.KeyOf(Unsafe.ReadUnaligned<TKey>(row + i));
    }

    private static void Sort(Span<TKey> keys)
    {
        if (keys.Length > FewKeys)
        {
            keys.Sort();
            return;
        }

        for (var i = 1; i < keys.Length; i++)
        {
            var key = keys[i];
            var at = i;
            for (; at > 0 && keys[at - 1] > key; at--)
                keys[at] = keys[at - 1];
            keys[at] = key;
        }
    }
}

/// <summary>The middle pixel, or the lower of the two middle ones; not-a-number when there is any.</summary>
internal readonly struct MedianPick<TKey, TOrder> : IRankPick<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    where TOrder : struct, IPixelOrder<TKey>
{
    public static TKey Pick(ReadOnlySpan<TKey> sorted) =>
        TOrder.HasNaN && sorted[^1] == TKey.MaxValue ? TKey.MaxValue : sorted[(sorted.Length - 1) / 2];
}

/// <summary>The most frequent pixel, and the least of several that are.</summary>
internal readonly struct ModePick<TKey> : IRankPick<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>
{
    public static TKey Pick(ReadOnlySpan<TKey> sorted)
    {
        var mode = sorted[0];
        var most = 0;
        for (var first = 0; first + most < sorted.Length;)
        {
            var end = first + 1;
            while (end < sorted.Length && sorted[end] == sorted[first])
                end++;
            if (end - first > most)
                (mode, most) = (sorted[first], end - first);
            first = end;
        }

        return mode;
    }
}
