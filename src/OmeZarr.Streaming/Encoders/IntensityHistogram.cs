using System.Numerics;
using System.Runtime.CompilerServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Memory;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// The intensities of one channel: the minimum and maximum, and a histogram, each of the pixels that it was given. Pixels of up
/// to two bytes have a bin each; others are binned by the first 16 bits of their value as a float, to 0.8 percent. Any worker;
/// locked for a tile or a frame's sample at a time. Unused bins take no memory.
/// </summary>
internal sealed unsafe class IntensityHistogram(DataType type) : IDisposable
{
    private const double LowShare = 0.001;
    private const double HighShare = 0.999;
    private const int FloatBins = 1 << 16;
    private const int DroppedBits = 16;

    private readonly Lock _lock = new();
    private readonly FixedTable<long> _bins = new(BinsOf(type));
    private long _count;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;

    /// <summary>The most memory that a histogram of such pixels takes, in bytes.</summary>
    public static long BytesFor(DataType type) => FixedTable.BytesFor<long>(BinsOf(type));

    /// <summary>Takes the lock, which must be held while counting.</summary>
    public Lock.Scope Enter() => _lock.EnterScope();

    /// <summary>Counts pixels and updates the minimum and maximum; within <see cref="Enter"/>.</summary>
    /// <param name="pixels">The first one; need not be aligned.</param>
    /// <param name="count">How many.</param>
    /// <param name="weight">How many pixels of the picture each of them stands for.</param>
    public void Count(byte* pixels, long count, long weight)
    {
        Extend(pixels, stride: 0, rows: 1, count);
        switch (type)
        {
            case DataType.UInt8:
                CountBytes(pixels, count, weight, flip: 0);
                break;
            case DataType.Int8:
                CountBytes(pixels, count, weight, flip: 1 << 7);
                break;
            case DataType.UInt16:
                CountShorts(pixels, count, weight, flip: 0);
                break;
            case DataType.Int16:
                CountShorts(pixels, count, weight, flip: 1 << 15);
                break;
            case DataType.UInt32:
                CountFloats<uint>(pixels, count, weight, static value => value);
                break;
            case DataType.Int32:
                CountFloats<int>(pixels, count, weight, static value => value);
                break;
            case DataType.UInt64:
                CountFloats<ulong>(pixels, count, weight, static value => value);
                break;
            case DataType.Int64:
                CountFloats<long>(pixels, count, weight, static value => value);
                break;
            case DataType.Float32:
                CountFloats<float>(pixels, count, weight, static value => value);
                break;
            default:
                CountFloats<double>(pixels, count, weight, static value =>
                    Math.Abs(value) > float.MaxValue && double.IsFinite(value)
                    ? Math.Sign(value) * float.MaxValue : (float)value);
                break;
        }
    }

    /// <summary>Updates the minimum and maximum from every pixel of some rows.</summary>
    /// <param name="first">The first row; need not be aligned.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Pixels of a row.</param>
    public void Extend(byte* first, long stride, int rows, long columns)
    {
        switch (type)
        {
            case DataType.UInt8:
                Extend<byte>(first, stride, rows, columns);
                break;
            case DataType.Int8:
                Extend<sbyte>(first, stride, rows, columns);
                break;
            case DataType.UInt16:
                Extend<ushort>(first, stride, rows, columns);
                break;
            case DataType.Int16:
                Extend<short>(first, stride, rows, columns);
                break;
            case DataType.UInt32:
                Extend<uint>(first, stride, rows, columns);
                break;
            case DataType.Int32:
                Extend<int>(first, stride, rows, columns);
                break;
            case DataType.UInt64:
                Extend<ulong>(first, stride, rows, columns);
                break;
            case DataType.Int64:
                Extend<long>(first, stride, rows, columns);
                break;
            case DataType.Float32:
                Extend<float>(first, stride, rows, columns);
                break;
            default:
                Extend<double>(first, stride, rows, columns);
                break;
        }
    }

    /// <summary>
    /// The minimum and maximum, and the 0.1 and 99.9 percentiles of the counted pixels; null without any. Where both percentiles
    /// are in one bin (few bright spots on an even background), they would show nothing but black and white: then it is all.
    /// </summary>
    public IntensityWindow? Window()
    {
        lock (_lock)
        {
            if (_least > _greatest)
                return null;
            var (low, high) = (Quantile(LowShare), Quantile(HighShare));
            return low == high
                ? new IntensityWindow(_least, _greatest, _least, _greatest)
                : new IntensityWindow(_least, _greatest, Math.Clamp(LowerEdge(low), _least, _greatest),
                    Math.Clamp(UpperEdge(high), _least, _greatest));
        }
    }

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose() => _bins.Dispose();

    private void Extend<T>(byte* first, long stride, int rows, long columns)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (PixelMinMax.Of<T>(first, stride, rows, columns) is not var (minimum, maximum))
            return;
        var (least, greatest) = (double.CreateChecked(minimum), double.CreateChecked(maximum));
        // Most tiles change nothing, and need no lock to find that out.
        if (least >= Volatile.Read(ref _least) && greatest <= Volatile.Read(ref _greatest))
            return;
        lock (_lock)
        {
            Volatile.Write(ref _least, Math.Min(_least, least));
            Volatile.Write(ref _greatest, Math.Max(_greatest, greatest));
        }
    }

    private bool IsWide => type.Size() > sizeof(ushort);

    private static int BinsOf(DataType type) => type.Size() <= sizeof(ushort) ? 1 << 8 * type.Size() : FloatBins;

    private int Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * _count));
        long seen = 0;
        for (var bin = 0; bin < _bins.Length; bin++)
        {
            seen += _bins[bin];
            if (seen >= wanted)
                return bin;
        }

        // Nothing was counted: use the whole range.
        return share < 0.5 ? 0 : _bins.Length - 1;
    }

    private double LowerEdge(int bin) => IsWide ? ValueOf((uint)bin << DroppedBits) : bin - Offset;

    private double UpperEdge(int bin) => IsWide ? ValueOf((uint)bin << DroppedBits | ((1u << DroppedBits) - 1)) : bin - Offset;

    private int Offset => type is DataType.Int8 or DataType.Int16 ? _bins.Length / 2 : 0;

    // Floats in the order of their values when read as whole numbers.
    private static uint OrderOf(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return bits >> 31 == 0 ? bits | 1u << 31 : ~bits;
    }

    private static double ValueOf(uint order)
    {
        var value = BitConverter.UInt32BitsToSingle(order >> 31 == 0 ? ~order : order & ~(1u << 31));
        // The outermost bins also hold not-a-number.
        return float.IsNaN(value) ? (order >> 31 == 0 ? double.NegativeInfinity : double.PositiveInfinity) : value;
    }

    private void CountBytes(byte* pixels, long count, long weight, int flip)
    {
        for (long x = 0; x < count; x++)
            _bins[pixels[x] ^ flip] += weight;
        _count += count * weight;
    }

    private void CountShorts(byte* pixels, long count, long weight, int flip)
    {
        // A caller's rows need not be aligned.
        for (long x = 0; x < count; x++)
            _bins[Unsafe.ReadUnaligned<ushort>(pixels + 2 * x) ^ flip] += weight;
        _count += count * weight;
    }

    private void CountFloats<T>(byte* pixels, long count, long weight, Func<T, float> toFloat)
        where T : unmanaged
    {
        for (long x = 0; x < count; x++)
        {
            var value = toFloat(Unsafe.ReadUnaligned<T>(pixels + x * sizeof(T)));
            if (!float.IsFinite(value))
                continue;
            _bins[OrderOf(value) >> DroppedBits] += weight;
            _count += weight;
        }
    }
}
