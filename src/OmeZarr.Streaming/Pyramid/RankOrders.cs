using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>Pixels as unsigned integers of the same order and size, so that every type is sorted in the same way.</summary>
/// <typeparam name="TKey">The unsigned integer.</typeparam>
internal interface IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    /// <summary>Whether the greatest key stands for not-a-number.</summary>
    static abstract bool HasNaN { get; }

    /// <summary>The key of a pixel's bits.</summary>
    static abstract TKey KeyOf(TKey bits);

    /// <summary>The bits of the pixel that has a key.</summary>
    static abstract TKey BitsOf(TKey key);
}

/// <summary>Unsigned integers are their own keys.</summary>
internal readonly struct UnsignedOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => false;

    public static TKey KeyOf(TKey bits) => bits;

    public static TKey BitsOf(TKey key) => key;
}

/// <summary>Signed integers, counted from the least.</summary>
internal readonly struct SignedOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => false;

    private static TKey Sign => TKey.MaxValue ^ (TKey.MaxValue >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TKey KeyOf(TKey bits) => bits ^ Sign;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TKey BitsOf(TKey key) => key ^ Sign;
}

/// <summary>IEEE 754 numbers: 0 and -0 are one, and every not-a-number is the same, greater than all others.</summary>
/// <typeparam name="TKey">Of the numbers' size: 4 or 8 bytes.</typeparam>
internal readonly struct FloatOrder<TKey> : IPixelOrder<TKey>
    where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
{
    public static bool HasNaN => true;

    private static TKey Sign => TKey.MaxValue ^ (TKey.MaxValue >> 1);

    private static unsafe TKey Infinity => TKey.CreateTruncating(
        sizeof(TKey) == sizeof(float) ? BitConverter.SingleToUInt32Bits(float.PositiveInfinity) : BitConverter.DoubleToUInt64Bits(double.PositiveInfinity));

    private static unsafe TKey NaN => TKey.CreateTruncating(
        sizeof(TKey) == sizeof(float) ? BitConverter.SingleToUInt32Bits(float.NaN) : BitConverter.DoubleToUInt64Bits(double.NaN));

    public static TKey KeyOf(TKey bits)
    {
        var magnitude = bits & ~Sign;
        if (magnitude > Infinity)
            return TKey.MaxValue;
        return magnitude == bits || magnitude == TKey.Zero ? magnitude | Sign : ~bits;
    }

    public static TKey BitsOf(TKey key)
    {
        if (key == TKey.MaxValue)
            return NaN;
        return (key & Sign) != TKey.Zero ? key ^ Sign : ~key;
    }
}
