using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// Pixels as unsigned integers of the same order and size, so that every type is sorted in the same way: a vector of them at
/// a time.
/// </summary>
/// <typeparam name="TKey">The unsigned integer.</typeparam>
internal interface IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    /// <summary>Whether the greatest key stands for not-a-number.</summary>
    static abstract bool HasNaN { get; }

    /// <summary>The keys of pixels.</summary>
    static abstract Vector<TKey> KeysOf(Vector<TKey> pixels);

    /// <summary>The pixels that have these keys.</summary>
    static abstract Vector<TKey> PixelsOf(Vector<TKey> keys);
}

/// <summary>Unsigned integers are their own keys.</summary>
internal readonly struct UnsignedOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => false;

    public static Vector<TKey> KeysOf(Vector<TKey> pixels) => pixels;

    public static Vector<TKey> PixelsOf(Vector<TKey> keys) => keys;
}

/// <summary>Signed integers, counted from the least.</summary>
internal readonly struct SignedOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => false;

    private static Vector<TKey> Sign
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(TKey.MaxValue ^ (TKey.MaxValue >> 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<TKey> KeysOf(Vector<TKey> pixels) => pixels ^ Sign;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<TKey> PixelsOf(Vector<TKey> keys) => keys ^ Sign;
}

/// <summary>
/// IEEE 754 numbers: 0 and -0 are one, and every not-a-number is the same, greater than all others. But for the sign, the bits
/// of a number are in the order of its magnitude.
/// </summary>
/// <typeparam name="TKey">Of the numbers' size: 4 or 8 bytes.</typeparam>
/// <seealso href="https://doi.org/10.1109/IEEESTD.2019.8766229"/>
internal readonly unsafe struct FloatOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => true;

    private static Vector<TKey> Sign
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(TKey.MaxValue ^ (TKey.MaxValue >> 1));
    }

    private static Vector<TKey> Infinity => new(TKey.CreateTruncating(sizeof(TKey) == sizeof(float)
        ? BitConverter.SingleToUInt32Bits(float.PositiveInfinity)
        : BitConverter.DoubleToUInt64Bits(double.PositiveInfinity)));

    public static Vector<TKey> KeysOf(Vector<TKey> pixels)
    {
        var magnitude = Vector.AndNot(pixels, Sign);
        var isNegative = Vector.AndNot(Vector.Equals(pixels & Sign, Sign), Vector.Equals(magnitude, Vector<TKey>.Zero));
        return Vector.ConditionalSelect(isNegative, ~pixels, magnitude | Sign) | Vector.GreaterThan(magnitude, Infinity);
    }

    // The greatest key's is a quiet not-a-number.
    public static Vector<TKey> PixelsOf(Vector<TKey> keys) =>
        Vector.ConditionalSelect(Vector.Equals(keys & Sign, Sign), keys ^ Sign, ~keys);
}
