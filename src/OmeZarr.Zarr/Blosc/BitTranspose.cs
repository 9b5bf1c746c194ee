using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Sorts the bits of a run of bytes into eight rows: the lowest bit of every byte, then the next, and so on. The first
/// byte's bit is the lowest of its row.
/// </summary>
internal static unsafe class BitTranspose
{
    internal const int BitsPerByte = 8;

    /// <summary>
    /// Masks of the three steps that transpose 8 by 8 bits in 64: pairs, then fours, then eights change places.
    /// </summary>
    internal const ulong Mask1 = 0x00AA_00AA_00AA_00AA;
    internal const ulong Mask2 = 0x0000_CCCC_0000_CCCC;
    internal const ulong Mask4 = 0x0000_0000_F0F0_F0F0;

    /// <summary>Writes the rows of a run of bytes.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="rows">Where this run's part of the first row goes.</param>
    /// <param name="rowStride">Bytes from one row to the next.</param>
    /// <param name="count">Bytes in this run: a multiple of 8.</param>
    internal static void ToRows(byte* source, byte* rows, nint rowStride, nint count)
    {
        nint done = 0;
        if (Vector512.IsHardwareAccelerated)
            done = ToRows<Lanes512, Vector512<byte>>(source, rows, rowStride, count);
        else if (Vector256.IsHardwareAccelerated)
            done = ToRows<Lanes256, Vector256<byte>>(source, rows, rowStride, count);
        else if (Vector128.IsHardwareAccelerated)
            done = ToRows<Lanes128, Vector128<byte>>(source, rows, rowStride, count);
        ToRowsScalar(source, rows, rowStride, done, count);
    }

    /// <summary>The inverse of <see cref="ToRows(byte*, byte*, nint, nint)"/>.</summary>
    internal static void FromRows(byte* rows, byte* destination, nint rowStride, nint count)
    {
        nint done = 0;
        if (Vector512.IsHardwareAccelerated)
            done = FromRows<Lanes512, Vector512<byte>>(rows, destination, rowStride, count);
        else if (Vector256.IsHardwareAccelerated)
            done = FromRows<Lanes256, Vector256<byte>>(rows, destination, rowStride, count);
        else if (Vector128.IsHardwareAccelerated)
            done = FromRows<Lanes128, Vector128<byte>>(rows, destination, rowStride, count);
        FromRowsScalar(rows, destination, rowStride, done, count);
    }

    /// <summary>Transposes whole vectors and returns how many bytes that were.</summary>
    internal static nint ToRows<TLanes, TVector>(byte* source, byte* rows, nint rowStride, nint count)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var whole = count - count % TLanes.Count;
        for (nint i = 0; i < whole; i += TLanes.Count)
        {
            var vector = TLanes.Load(source + i);
            var row = rows + 7 * rowStride + i / BitsPerByte;
            TLanes.StoreHighestBits(vector, row);
            for (var bit = 6; bit >= 0; bit--)
            {
                vector = TLanes.ShiftBytesLeft(vector);
                row -= rowStride;
                TLanes.StoreHighestBits(vector, row);
            }
        }

        return whole;
    }

    /// <summary>Transposes eight whole vectors at a time and returns how many bytes that were.</summary>
    internal static nint FromRows<TLanes, TVector>(byte* rows, byte* destination, nint rowStride, nint count)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var step = TLanes.Count * BitsPerByte;
        var whole = count - count % step;
        for (nint i = 0; i < whole; i += step)
        {
            // Eight rows are eight planes of 8-byte groups; each group is then 8 by 8 bits in place.
            var group = destination + i;
            _ = ByteShuffle.FromPlanes<TLanes, TVector>(rows + i / BitsPerByte, group, rowStride, TLanes.Count, BitsPerByte);
            for (var offset = 0; offset < step; offset += TLanes.Count)
                TLanes.Store(TLanes.TransposeBits(TLanes.Load(group + offset)), group + offset);
        }

        return whole;
    }

    /// <summary>Transposes bytes <paramref name="first"/> to <paramref name="count"/>, eight at a time.</summary>
    internal static void ToRowsScalar(byte* source, byte* rows, nint rowStride, nint first, nint count)
    {
        for (var i = first; i < count; i += BitsPerByte)
        {
            ulong x = 0;
            for (var k = 0; k < BitsPerByte; k++)
                x |= (ulong)source[i + k] << k * BitsPerByte;
            x = Transpose(x);
            for (var row = 0; row < BitsPerByte; row++)
                rows[row * rowStride + i / BitsPerByte] = (byte)(x >> row * BitsPerByte);
        }
    }

    /// <summary>The inverse of <see cref="ToRowsScalar"/>.</summary>
    internal static void FromRowsScalar(byte* rows, byte* destination, nint rowStride, nint first, nint count)
    {
        for (var i = first; i < count; i += BitsPerByte)
        {
            ulong x = 0;
            for (var row = 0; row < BitsPerByte; row++)
                x |= (ulong)rows[row * rowStride + i / BitsPerByte] << row * BitsPerByte;
            x = Transpose(x);
            for (var k = 0; k < BitsPerByte; k++)
                destination[i + k] = (byte)(x >> k * BitsPerByte);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Transpose(ulong x)
    {
        var t = (x ^ x >> 7) & Mask1;
        x ^= t ^ t << 7;
        t = (x ^ x >> 14) & Mask2;
        x ^= t ^ t << 14;
        t = (x ^ x >> 28) & Mask4;
        return x ^ t ^ t << 28;
    }
}
