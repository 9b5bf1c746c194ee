using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>The least pixel; -0 is less than 0, and not-a-number stays.</summary>
internal readonly struct LeastPixel<T> : IPixelFold<T, T>
    where T : unmanaged, INumber<T>
{
    public static T Empty => T.CreateSaturating(double.PositiveInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T state, T pixel) => T.Min(state, pixel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(T state, int count) => state;
}

/// <summary>The greatest pixel; 0 is greater than -0, and not-a-number stays.</summary>
internal readonly struct GreatestPixel<T> : IPixelFold<T, T>
    where T : unmanaged, INumber<T>
{
    public static T Empty => T.CreateSaturating(double.NegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T state, T pixel) => T.Max(state, pixel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(T state, int count) => state;
}

/// <summary>
/// The least of integers of up to 32 bits, without a branch: pixels are noisy, so a branch would be mispredicted often.
/// </summary>
internal readonly struct LeastInteger<T> : IPixelFold<T, long>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static long Empty => long.CreateTruncating(T.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(long state, T pixel)
    {
        var less = long.CreateTruncating(pixel) - state;
        return state + (less & (less >> 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(long state, int count) => T.CreateTruncating(state);
}

/// <summary>The greatest of integers of up to 32 bits, without a branch.</summary>
internal readonly struct GreatestInteger<T> : IPixelFold<T, long>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static long Empty => long.CreateTruncating(T.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(long state, T pixel)
    {
        var more = long.CreateTruncating(pixel) - state;
        return state + (more & ~(more >> 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Result(long state, int count) => T.CreateTruncating(state);
}
