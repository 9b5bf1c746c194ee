using System.Numerics;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>A method that looks at all pixels of a block in order.</summary>
/// <typeparam name="TKey">Pixels as a <see cref="IPixelOrder{TKey}"/> has them.</typeparam>
internal unsafe interface IRankPick<TKey>
    where TKey : unmanaged
{
    /// <summary>One of the keys of a block.</summary>
    static abstract TKey Pick(ReadOnlySpan<TKey> sorted);

    /// <summary>One of the keys of each of several blocks.</summary>
    /// <param name="sorted">The least keys of the blocks, the second ones, and so on.</param>
    /// <param name="count">Keys of a block.</param>
    static abstract Vector<TKey> Pick(Vector<TKey>* sorted, int count);
}

/// <summary>The middle pixel, or the lower of the two middle ones; not-a-number when there is any.</summary>
internal readonly unsafe struct MedianPick<TKey, TOrder> : IRankPick<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
    where TOrder : struct, IPixelOrder<TKey>
{
    public static TKey Pick(ReadOnlySpan<TKey> sorted) =>
        TOrder.HasNaN && sorted[^1] == TKey.MaxValue ? TKey.MaxValue : sorted[(sorted.Length - 1) / 2];

    // SAFETY: there are as many vectors as a block has keys.
    public static Vector<TKey> Pick(Vector<TKey>* sorted, int count)
    {
        var median = sorted[(count - 1) / 2];
        return TOrder.HasNaN ? median | Vector.Equals(sorted[count - 1], new Vector<TKey>(TKey.MaxValue)) : median;
    }
}

/// <summary>The most frequent pixel, and the least of several that are.</summary>
internal readonly unsafe struct ModePick<TKey> : IRankPick<TKey>
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

    // SAFETY: there are as many vectors as a block has keys.
    public static Vector<TKey> Pick(Vector<TKey>* sorted, int count)
    {
        var mode = sorted[0];
        var most = Vector<TKey>.One;
        var run = Vector<TKey>.One;
        for (var i = 1; i < count; i++)
        {
            run = (run & Vector.Equals(sorted[i], sorted[i - 1])) + Vector<TKey>.One;
            mode = Vector.ConditionalSelect(Vector.GreaterThan(run, most), sorted[i], mode);
            most = Vector.Max(most, run);
        }

        return mode;
    }
}
