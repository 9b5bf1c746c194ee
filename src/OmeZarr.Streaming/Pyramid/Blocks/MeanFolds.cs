using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// The exact mean, rounded to the nearest integer and to the even one of two: rounding adds nothing on average, so that no
/// level is brighter than another.
/// </summary>
/// <typeparam name="T">The pixels: integers.</typeparam>
/// <typeparam name="TSum">Holds the sum of as many pixels as a block has at most, 2^18.</typeparam>
internal readonly struct IntegerMean<T, TSum> : IPixelFold<T, TSum>
    where T : unmanaged, IBinaryInteger<T>
    where TSum : unmanaged, IBinaryInteger<TSum>
{
    public static TSum Empty => TSum.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSum Add(TSum state, T pixel) => state + TSum.CreateTruncating(pixel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(TSum state, int count) => T.CreateTruncating(BitOperations.IsPow2(count)
        ? Shift(state, BitOperations.Log2((uint)count))
        : Divide(state, TSum.CreateTruncating(count)));

    // A shift rounds down; what is added brings all above the half over, and the half itself where the result were odd.
    private static TSum Shift(TSum sum, int bits)
    {
        if (bits == 0)
            return sum;
        var half = TSum.One << (bits - 1);
        return (sum + half - TSum.One + ((sum >> bits) & TSum.One)) >> bits;
    }

    // A division rounds towards zero, and what is left has the sign of the sum.
    private static TSum Divide(TSum sum, TSum count)
    {
        var (quotient, rest) = TSum.DivRem(sum, count);
        var twice = TSum.Abs(rest) << 1;
        if (twice < count || (twice == count && TSum.IsEvenInteger(quotient)))
            return quotient;
        return TSum.IsNegative(sum) ? quotient - TSum.One : quotient + TSum.One;
    }
}

/// <summary>The sum of the pixels as doubles in C order, divided by their number and rounded to the pixels' type.</summary>
internal readonly struct FloatMean<T> : IPixelFold<T, double>
    where T : unmanaged, INumber<T>
{
    // Nothing changes when it is added to; 0 would make 0 of -0.
    public static double Empty => -0.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(double state, T pixel) => state + double.CreateTruncating(pixel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(double state, int count) => T.CreateTruncating(state / count);
}
