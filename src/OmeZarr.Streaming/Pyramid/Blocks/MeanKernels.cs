using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// <see cref="IntegerMean{T, TSum}"/> of blocks whose number of pixels is a power of two. Pixels are counted from their type's
/// least value: that is an even number, so rounding stays the same, and no shift has to care for a sign.
/// </summary>
/// <typeparam name="T">The pixels.</typeparam>
/// <typeparam name="TWide">The unsigned integer of twice their size: holds the sum of 2^8 of them.</typeparam>
internal readonly unsafe struct IntegerMeanKernel<T, TWide> : IPairKernel<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    where TWide : unmanaged, IBinaryInteger<TWide>, IUnsignedNumber<TWide>
{
    public static bool Takes(int rows) => BitOperations.IsPow2(rows);

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Downsample(T** rows, int count, nint column)
    {
        var low = Vector<TWide>.Zero;
        var high = Vector<TWide>.Zero;
        for (var i = 0; i < count; i++)
        {
            low += PairSums(Counted(Vector.Load(rows[i] + column)));
            high += PairSums(Counted(Vector.Load(rows[i] + column + Vector<T>.Count)));
        }

        var bits = BitOperations.Log2((uint)count) + 1;
        return Counted(Pairs.Left(Vector.As<TWide, T>(Divide(low, bits)), Vector.As<TWide, T>(Divide(high, bits))));
    }

    // From the least value, and back: the highest bit of signed integers, and nothing of others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Counted(Vector<T> pixels) =>
        T.MinValue == T.Zero ? pixels : pixels ^ new Vector<T>(T.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<TWide> PairSums(Vector<T> pixels)
    {
        var pixelBits = 8 * sizeof(T);
        var pairs = Vector.As<T, TWide>(pixels);
        return ((pairs << pixelBits) >>> pixelBits) + (pairs >>> pixelBits);
    }

    // Rounded as IntegerMean does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<TWide> Divide(Vector<TWide> sums, int bits)
    {
        var belowHalf = new Vector<TWide>((TWide.One << (bits - 1)) - TWide.One);
        return (sums + belowHalf + ((sums >>> bits) & Vector<TWide>.One)) >>> bits;
    }
}

/// <summary>
/// <see cref="FloatMean{T}"/> of float32 blocks whose number of pixels is a power of two: one part of so many is exact, and
/// multiplying by it the same as dividing.
/// </summary>
internal readonly unsafe struct FloatMeanKernel : IPairKernel<float>
{
    public static bool Takes(int rows) => BitOperations.IsPow2(rows);

    // SAFETY: two vectors of each row from the column on are the caller's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Downsample(float** rows, int count, nint column)
    {
        var low = new Vector<double>(FloatMean<float>.Empty);
        var high = low;
        for (var i = 0; i < count; i++)
        {
            var first = Vector.Load(rows[i] + column);
            var second = Vector.Load(rows[i] + column + Vector<float>.Count);
            Vector.Widen(Pairs.Left(first, second), out var lowLeft, out var highLeft);
            Vector.Widen(Pairs.Right(first, second), out var lowRight, out var highRight);
            low = low + lowLeft + lowRight;
            high = high + highLeft + highRight;
        }

        var share = new Vector<double>(1.0 / (count * PairDownsampling.Columns));
        return Vector.Narrow(low * share, high * share);
    }
}
