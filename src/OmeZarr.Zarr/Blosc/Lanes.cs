using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// The few vector operations that the shuffles are made of, so that each shuffle is written once for every vector width.
/// "Bytes of a then b" is one sequence, in memory order.
/// </summary>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Bytes of a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(byte* source);

    static abstract void Store(TVector vector, byte* destination);

    /// <summary>Bytes 0, 2, 4, … of a then b.</summary>
    static abstract TVector Even(TVector a, TVector b);

    /// <summary>Bytes 1, 3, 5, … of a then b.</summary>
    static abstract TVector Odd(TVector a, TVector b);

    /// <summary>a0, b0, a1, b1, … : the first half of the sequence.</summary>
    static abstract TVector InterleaveLow(TVector a, TVector b);

    /// <summary>The second half of the sequence that <see cref="InterleaveLow"/> begins.</summary>
    static abstract TVector InterleaveHigh(TVector a, TVector b);

    /// <summary>Stores the highest bit of each byte, the first byte's in the lowest bit: an eighth of a vector.</summary>
    static abstract void StoreHighestBits(TVector vector, byte* destination);

    /// <summary>Moves the next lower bit of each byte into the highest.</summary>
    static abstract TVector ShiftBytesLeft(TVector vector);

    /// <summary>Transposes each group of eight bytes as a matrix of 8 by 8 bits.</summary>
    static abstract TVector TransposeBits(TVector vector);
}

/// <summary>64 bytes; hardware on x86 with AVX-512.</summary>
internal unsafe readonly struct Lanes512 : ILanes<Vector512<byte>>
{
    public static int Count => Vector512<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, byte* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Even(Vector512<byte> a, Vector512<byte> b) =>
        Vector512.Narrow(a.AsUInt16(), b.AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Odd(Vector512<byte> a, Vector512<byte> b) =>
        Vector512.Narrow(a.AsUInt16() >>> 8, b.AsUInt16() >>> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> InterleaveLow(Vector512<byte> a, Vector512<byte> b) =>
        (Vector512.WidenLower(a) | Vector512.WidenLower(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> InterleaveHigh(Vector512<byte> a, Vector512<byte> b) =>
        (Vector512.WidenUpper(a) | Vector512.WidenUpper(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHighestBits(Vector512<byte> vector, byte* destination) =>
        Unsafe.WriteUnaligned(destination, vector.ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftBytesLeft(Vector512<byte> vector) => vector + vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> TransposeBits(Vector512<byte> vector)
    {
        var x = vector.AsUInt64();
        var t = (x ^ x >>> 7) & Vector512.Create(BitTranspose.Mask1);
        x ^= t ^ t << 7;
        t = (x ^ x >>> 14) & Vector512.Create(BitTranspose.Mask2);
        x ^= t ^ t << 14;
        t = (x ^ x >>> 28) & Vector512.Create(BitTranspose.Mask4);
        return (x ^ t ^ t << 28).AsByte();
    }
}

/// <summary>32 bytes; hardware on x86 with AVX2.</summary>
internal unsafe readonly struct Lanes256 : ILanes<Vector256<byte>>
{
    public static int Count => Vector256<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, byte* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Even(Vector256<byte> a, Vector256<byte> b) =>
        Vector256.Narrow(a.AsUInt16(), b.AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Odd(Vector256<byte> a, Vector256<byte> b) =>
        Vector256.Narrow(a.AsUInt16() >>> 8, b.AsUInt16() >>> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> InterleaveLow(Vector256<byte> a, Vector256<byte> b) =>
        (Vector256.WidenLower(a) | Vector256.WidenLower(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> InterleaveHigh(Vector256<byte> a, Vector256<byte> b) =>
        (Vector256.WidenUpper(a) | Vector256.WidenUpper(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHighestBits(Vector256<byte> vector, byte* destination) =>
        Unsafe.WriteUnaligned(destination, vector.ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftBytesLeft(Vector256<byte> vector) => vector + vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> TransposeBits(Vector256<byte> vector)
    {
        var x = vector.AsUInt64();
        var t = (x ^ x >>> 7) & Vector256.Create(BitTranspose.Mask1);
        x ^= t ^ t << 7;
        t = (x ^ x >>> 14) & Vector256.Create(BitTranspose.Mask2);
        x ^= t ^ t << 14;
        t = (x ^ x >>> 28) & Vector256.Create(BitTranspose.Mask4);
        return (x ^ t ^ t << 28).AsByte();
    }
}

/// <summary>16 bytes; hardware on every supported processor.</summary>
internal unsafe readonly struct Lanes128 : ILanes<Vector128<byte>>
{
    public static int Count => Vector128<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> vector, byte* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Even(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Narrow(a.AsUInt16(), b.AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Odd(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Narrow(a.AsUInt16() >>> 8, b.AsUInt16() >>> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InterleaveLow(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.WidenLower(a) | Vector128.WidenLower(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InterleaveHigh(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.WidenUpper(a) | Vector128.WidenUpper(b) << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHighestBits(Vector128<byte> vector, byte* destination) =>
        Unsafe.WriteUnaligned(destination, (ushort)vector.ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftBytesLeft(Vector128<byte> vector) => vector + vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> TransposeBits(Vector128<byte> vector)
    {
        var x = vector.AsUInt64();
        var t = (x ^ x >>> 7) & Vector128.Create(BitTranspose.Mask1);
        x ^= t ^ t << 7;
        t = (x ^ x >>> 14) & Vector128.Create(BitTranspose.Mask2);
        x ^= t ^ t << 14;
        t = (x ^ x >>> 28) & Vector128.Create(BitTranspose.Mask4);
        return (x ^ t ^ t << 28).AsByte();
    }
}
