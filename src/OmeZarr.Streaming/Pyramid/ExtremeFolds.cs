using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid;

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
