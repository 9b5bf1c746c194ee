using System.Numerics;
using System.Runtime.InteropServices;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Cli.Pyramids;

/// <summary>
/// Halves planes: each pixel is the mean of the two by two that it stands for, at upper edges of those that exist; as the engine
/// makes its levels (docs/pyramids.md).
/// </summary>
internal static class BlockMean
{
    /// <summary>A plane to be halved, and where it goes.</summary>
    /// <param name="Height">Rows of the plane.</param>
    /// <param name="Width">Pixels of its rows, which are packed.</param>
    /// <param name="FactorY">Rows of a block: 1 or 2.</param>
    /// <param name="FactorX">Pixels of a block's rows: 1 or 2.</param>
    /// <param name="RowPixels">Pixels from row to row where it goes.</param>
    internal readonly record struct Halving(int Height, int Width, int FactorY, int FactorX, int RowPixels);

    /// <summary>Halves a plane of any type.</summary>
    public static void Halve(DataType type, ReadOnlySpan<byte> plane, Span<byte> to, Halving halving)
    {
        switch (type)
        {
            case DataType.UInt8:
                Integers<byte, long>(plane, to, halving);
                break;
            case DataType.UInt16:
                Integers<ushort, long>(plane, to, halving);
                break;
            case DataType.UInt32:
                Integers<uint, long>(plane, to, halving);
                break;
            case DataType.UInt64:
                Integers<ulong, Int128>(plane, to, halving);
                break;
            case DataType.Int8:
                Integers<sbyte, long>(plane, to, halving);
                break;
            case DataType.Int16:
                Integers<short, long>(plane, to, halving);
                break;
            case DataType.Int32:
                Integers<int, long>(plane, to, halving);
                break;
            case DataType.Int64:
                Integers<long, Int128>(plane, to, halving);
                break;
            case DataType.Float32:
                Floats<float>(plane, to, halving);
                break;
            default:
                Floats<double>(plane, to, halving);
                break;
        }
    }

    private static void Integers<T, TSum>(ReadOnlySpan<byte> plane, Span<byte> to, Halving halving)
        where T : unmanaged, IBinaryInteger<T>
        where TSum : IBinaryInteger<TSum>
    {
        var from = MemoryMarshal.Cast<byte, T>(plane);
        var into = MemoryMarshal.Cast<byte, T>(to);
        for (var y = 0; y < halving.Height; y += halving.FactorY)
        {
            for (var x = 0; x < halving.Width; x += halving.FactorX)
            {
                var (sum, count) = (TSum.Zero, 0);
                for (var row = y; row < Math.Min(y + halving.FactorY, halving.Height); row++)
                {
                    for (var column = x; column < Math.Min(x + halving.FactorX, halving.Width); column++)
                    {
                        sum += TSum.CreateChecked(from[row * halving.Width + column]);
                        count++;
                    }
                }

                into[y / halving.FactorY * halving.RowPixels + x / halving.FactorX] =
                    T.CreateChecked(RoundedToEven(sum, TSum.CreateChecked(count)));
            }
        }
    }

    private static TSum RoundedToEven<TSum>(TSum sum, TSum count)
        where TSum : IBinaryInteger<TSum>
    {
        var (mean, rest) = TSum.DivRem(sum, count);
        if (TSum.IsNegative(rest))
            (mean, rest) = (mean - TSum.One, rest + count);
        var twice = rest + rest;
        return twice > count || (twice == count && TSum.IsOddInteger(mean)) ? mean + TSum.One : mean;
    }

    private static void Floats<T>(ReadOnlySpan<byte> plane, Span<byte> to, Halving halving)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var from = MemoryMarshal.Cast<byte, T>(plane);
        var into = MemoryMarshal.Cast<byte, T>(to);
        for (var y = 0; y < halving.Height; y += halving.FactorY)
        {
            for (var x = 0; x < halving.Width; x += halving.FactorX)
            {
                var (sum, count) = (0.0, 0);
                for (var row = y; row < Math.Min(y + halving.FactorY, halving.Height); row++)
                {
                    for (var column = x; column < Math.Min(x + halving.FactorX, halving.Width); column++)
                    {
                        sum += double.CreateChecked(from[row * halving.Width + column]);
                        count++;
                    }
                }

                into[y / halving.FactorY * halving.RowPixels + x / halving.FactorX] = T.CreateChecked(sum / count);
            }
        }
    }
}
