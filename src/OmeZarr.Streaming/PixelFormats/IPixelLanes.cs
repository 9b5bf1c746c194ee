using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OmeZarr.Streaming.PixelFormats;

/// <summary>
/// The few vector operations needed for unpacking, so that each format is written once for every vector width. A vector is one or
/// two groups of 16 bytes that are loaded from different addresses and shuffled separately.
/// </summary>
internal unsafe interface IPixelLanes<TVector>
    where TVector : struct
{
    /// <summary>Groups of 16 bytes in a vector.</summary>
    static abstract int Groups { get; }

    /// <summary>Loads 16 bytes for each group, <paramref name="stride"/> bytes apart.</summary>
    static abstract TVector Load(byte* source, int stride);

    static abstract void Store(TVector vector, byte* destination);

    /// <summary>The same 16 bytes in each group.</summary>
    static abstract TVector Repeat(Vector128<byte> group);

    /// <summary>In each group, selects the bytes at these indexes; 0 where the index's highest bit is set.</summary>
    static abstract TVector Pick(TVector bytes, TVector numbers);

    /// <summary>Products of 16-bit numbers; overflow is discarded.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>Shifts 16-bit numbers right.</summary>
    static abstract TVector ShiftRight(TVector vector, int bits);

    static abstract TVector And(TVector a, TVector b);

    static abstract TVector Or(TVector a, TVector b);
}

/// <summary>Two groups; x86 with AVX2.</summary>
internal unsafe readonly struct TwoGroups : IPixelLanes<Vector256<byte>>
{
    public static int Groups => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* source, int stride) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, byte* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Repeat(Vector128<byte> group) => Vector256.Create(group, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Pick(Vector256<byte> bytes, Vector256<byte> numbers) => Avx2.Shuffle(bytes, numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Multiply(Vector256<byte> a, Vector256<byte> b) => (a.AsUInt16() * b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftRight(Vector256<byte> vector, int bits) => (vector.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> And(Vector256<byte> a, Vector256<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Or(Vector256<byte> a, Vector256<byte> b) => a | b;
}

/// <summary>One group; hardware on every supported processor.</summary>
internal unsafe readonly struct OneGroup : IPixelLanes<Vector128<byte>>
{
    public static int Groups => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source, int stride) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> vector, byte* destination) => vector.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Repeat(Vector128<byte> group) => group;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Pick(Vector128<byte> bytes, Vector128<byte> numbers) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(bytes, numbers) : Vector128.Shuffle(bytes, numbers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Multiply(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() * b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRight(Vector128<byte> vector, int bits) => (vector.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> And(Vector128<byte> a, Vector128<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Or(Vector128<byte> a, Vector128<byte> b) => a | b;
}
