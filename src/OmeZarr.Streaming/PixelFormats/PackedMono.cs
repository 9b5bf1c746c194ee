using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.PixelFormats;

/// <summary>Unpacks runs of 10- and 12-bit pixels to 16 bits.</summary>
/// <remarks>
/// The pixels between two byte boundaries form a cell: two of 12 bits, four of 10. Vectors process whole cells; pixels before the
/// first and after the last cell are unpacked one by one.
/// </remarks>
internal static unsafe class PackedMono
{
    /// <summary>Pixels that one group of a vector yields: 16 bytes of 16-bit numbers.</summary>
    private const int PixelsPerGroup = 8;

    /// <summary>Bytes that a group loads; it needs the first 10 or 12 of them.</summary>
    private const int GroupBytes = 16;

    /// <summary>Unpacks a run of pixels with the widest vectors that the processor has.</summary>
    /// <param name="format">One of the three packed formats.</param>
    /// <param name="row">The row's first byte.</param>
    /// <param name="rowBytes">Bytes of the whole row; nothing is read beyond them.</param>
    /// <param name="first">The run's first pixel in the row.</param>
    /// <param name="count">Pixels of the run.</param>
    /// <param name="target">Receives them.</param>
    internal static void Unpack(PixelFormat format, byte* row, long rowBytes, long first, int count, ushort* target)
    {
        var cell = format == PixelFormat.Mono10p ? 4 : 2;
        var done = (int)Math.Min(count, (cell - first % cell) % cell);
        UnpackScalar(format, row, first, done, target);
        if (Avx2.IsSupported)
            done += Unpack<TwoGroups, Vector256<byte>>(format, row, rowBytes, first + done, count - done, target + done);
        if (Vector128.IsHardwareAccelerated)
            done += Unpack<OneGroup, Vector128<byte>>(format, row, rowBytes, first + done, count - done, target + done);
        UnpackScalar(format, row, first + done, count - done, target + done);
    }

    /// <summary>Unpacks whole vectors and returns how many pixels that were; the first one begins a cell.</summary>
    internal static int Unpack<TLanes, TVector>(PixelFormat format, byte* row, long rowBytes, long first, int count,
        ushort* target)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        var bits = format == PixelFormat.Mono10p ? 10 : 12;
        var source = row + first * bits / 8;
        var readable = rowBytes - first * bits / 8;
        var group = PixelsPerGroup * bits / 8;
        var perVector = PixelsPerGroup * TLanes.Groups;

        // The last group of the last vector must still have 16 bytes to load.
        var vectors = (int)Math.Min(count / perVector, (readable - GroupBytes + group) / (group * TLanes.Groups));
        switch (format)
        {
            case PixelFormat.Mono10p:
                Scaled<TLanes, TVector>(source, target, vectors, group, Pick10p, Scale10p, 6);
                break;
            case PixelFormat.Mono12p:
                Scaled<TLanes, TVector>(source, target, vectors, group, Pick12p, Scale12p, 4);
                break;
            default:
                Masked12<TLanes, TVector>(source, target, vectors, group);
                break;
        }

        return vectors * perVector;
    }

    /// <summary>Unpacks a run pixel by pixel.</summary>
    internal static void UnpackScalar(PixelFormat format, byte* row, long first, int count, ushort* target)
    {
        for (var i = 0; i < count; i++)
            target[i] = Pixel(format, row, first + i);
    }

    private static ushort Pixel(PixelFormat format, byte* row, long pixel)
    {
        if (format == PixelFormat.Mono12Packed)
        {
            var pair = row + pixel / 2 * 3;
            return (ushort)(pixel % 2 == 0 ? pair[0] << 4 | pair[1] & 0xF : pair[2] << 4 | pair[1] >> 4);
        }

        var bits = format == PixelFormat.Mono10p ? 10 : 12;
        var bit = pixel * bits;
        var source = row + bit / 8;
        return (ushort)((source[0] | source[1] << 8) >> (int)(bit % 8) & (1 << bits) - 1);
    }

    // A product moves the pixel to the top of its 16 bits, which drops what is above it; the shift drops what is below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scaled<TLanes, TVector>(
        byte* source, ushort* target, int vectors, int group, Vector128<byte> numbers, Vector128<ushort> factors, int shift)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        var pick = TLanes.Repeat(numbers);
        var scale = TLanes.Repeat(factors.AsByte());
        for (; vectors > 0; vectors--, source += group * TLanes.Groups, target += PixelsPerGroup * TLanes.Groups)
        {
            var pixels = TLanes.Multiply(TLanes.Pick(TLanes.Load(source, group), pick), scale);
            TLanes.Store(TLanes.ShiftRight(pixels, shift), (byte*)target);
        }
    }

    // Each pair's middle byte goes below the pixel's upper bits: the second pixel is then complete, and the first has a gap.
    private static void Masked12<TLanes, TVector>(byte* source, ushort* target, int vectors, int group)
        where TLanes : struct, IPixelLanes<TVector>
        where TVector : struct
    {
        var pick = TLanes.Repeat(Vector128.Create((byte)1, 0, 1, 2, 4, 3, 4, 5, 7, 6, 7, 8, 10, 9, 10, 11));
        var upper = TLanes.Repeat(Vector128.Create(0x0FFF_0FF0u).AsByte());
        var lower = TLanes.Repeat(Vector128.Create(0x0000_000Fu).AsByte());
        for (; vectors > 0; vectors--, source += group * TLanes.Groups, target += PixelsPerGroup * TLanes.Groups)
        {
            var bytes = TLanes.Pick(TLanes.Load(source, group), pick);
            var pixels = TLanes.Or(TLanes.And(TLanes.ShiftRight(bytes, 4), upper), TLanes.And(bytes, lower));
            TLanes.Store(pixels, (byte*)target);
        }
    }

    private static Vector128<byte> Pick10p => Vector128.Create((byte)0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9);

    private static Vector128<ushort> Scale10p => Vector128.Create((ushort)64, 16, 4, 1, 64, 16, 4, 1);

    private static Vector128<byte> Pick12p => Vector128.Create((byte)0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11);

    private static Vector128<ushort> Scale12p => Vector128.Create((ushort)16, 1, 16, 1, 16, 1, 16, 1);
}
