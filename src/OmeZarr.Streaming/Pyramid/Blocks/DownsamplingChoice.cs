using System.Numerics;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>The code for each number type and method.</summary>
internal static unsafe class DownsamplingChoice
{
    /// <summary>What downsamples blocks of any size.</summary>
    /// <param name="type">The pixels' type.</param>
    /// <param name="method">How.</param>
    /// <param name="scratch">Memory as <see cref="RankMemory"/> says, or null.</param>
    public static RowDownsampling Any(DataType type, PyramidMethod method, byte* scratch) => method switch
    {
        PyramidMethod.Median or PyramidMethod.Mode => Rank(type, method, scratch),
        PyramidMethod.Decimate => Decimate(type),
        _ => Fold(type, method),
    };

    /// <summary>What downsamples blocks of two columns in vectors, where there is such a thing.</summary>
    public static PairDownsampling? Pairs(DataType type, PyramidMethod method) => type switch
    {
        DataType.UInt8 => Pairs<byte, IntegerMeanKernel<byte, ushort>, ModeKernel<byte>>(method),
        DataType.Int8 => Pairs<sbyte, IntegerMeanKernel<sbyte, ushort>, ModeKernel<sbyte>>(method),
        DataType.UInt16 => Pairs<ushort, IntegerMeanKernel<ushort, uint>, ModeKernel<ushort>>(method),
        DataType.Int16 => Pairs<short, IntegerMeanKernel<short, uint>, ModeKernel<short>>(method),
        DataType.UInt32 => Pairs<uint, IntegerMeanKernel<uint, ulong>, ModeKernel<uint>>(method),
        DataType.Int32 => Pairs<int, IntegerMeanKernel<int, ulong>, ModeKernel<int>>(method),
        // Not-a-number equals nothing, which only sorting by keys does right.
        DataType.Float32 when method != PyramidMethod.Mode => Pairs<float, FloatMeanKernel, MedianKernel<float>>(method),
        _ => null,
    };

    private static RowDownsampling Decimate(DataType type) => type.Size() switch
    {
        sizeof(byte) => new Decimation<byte>(),
        sizeof(ushort) => new Decimation<ushort>(),
        sizeof(uint) => new Decimation<uint>(),
        _ => new Decimation<ulong>(),
    };

    private static RowDownsampling Rank(DataType type, PyramidMethod method, byte* scratch) => type switch
    {
        DataType.UInt8 => Rank<byte, UnsignedOrder<byte>>(method, scratch),
        DataType.Int8 => Rank<byte, SignedOrder<byte>>(method, scratch),
        DataType.UInt16 => Rank<ushort, UnsignedOrder<ushort>>(method, scratch),
        DataType.Int16 => Rank<ushort, SignedOrder<ushort>>(method, scratch),
        DataType.UInt32 => Rank<uint, UnsignedOrder<uint>>(method, scratch),
        DataType.Int32 => Rank<uint, SignedOrder<uint>>(method, scratch),
        DataType.UInt64 => Rank<ulong, UnsignedOrder<ulong>>(method, scratch),
        DataType.Int64 => Rank<ulong, SignedOrder<ulong>>(method, scratch),
        DataType.Float32 => Rank<uint, FloatOrder<uint>>(method, scratch),
        _ => Rank<ulong, FloatOrder<ulong>>(method, scratch),
    };

    private static RowDownsampling Rank<TKey, TOrder>(PyramidMethod method, byte* scratch)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
        where TOrder : struct, IPixelOrder<TKey> => method == PyramidMethod.Median
            ? new RankDownsampling<TKey, TOrder, MedianPick<TKey, TOrder>>(scratch)
            : new RankDownsampling<TKey, TOrder, ModePick<TKey>>(scratch);

    private static RowDownsampling Fold(DataType type, PyramidMethod method) => type switch
    {
        DataType.UInt8 => FoldIntegers<byte>(method),
        DataType.Int8 => FoldIntegers<sbyte>(method),
        DataType.UInt16 => FoldIntegers<ushort>(method),
        DataType.Int16 => FoldIntegers<short>(method),
        DataType.UInt32 => FoldIntegers<uint>(method),
        DataType.Int32 => FoldIntegers<int>(method),
        DataType.UInt64 => Fold<ulong, UInt128, IntegerMean<ulong, UInt128>>(method),
        DataType.Int64 => Fold<long, Int128, IntegerMean<long, Int128>>(method),
        DataType.Float32 => Fold<float, double, FloatMean<float>>(method),
        _ => Fold<double, double, FloatMean<double>>(method),
    };

    private static RowDownsampling FoldIntegers<T>(PyramidMethod method)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => method switch
        {
            PyramidMethod.Mean => new FoldDownsampling<T, long, IntegerMean<T, long>>(),
            PyramidMethod.Min => new FoldDownsampling<T, long, LeastInteger<T>>(),
            _ => new FoldDownsampling<T, long, GreatestInteger<T>>(),
        };

    private static RowDownsampling Fold<T, TSum, TMean>(PyramidMethod method)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged
        where TMean : struct, IPixelFold<T, TSum> => method switch
        {
            PyramidMethod.Mean => new FoldDownsampling<T, TSum, TMean>(),
            PyramidMethod.Min => new FoldDownsampling<T, T, LeastPixel<T>>(),
            _ => new FoldDownsampling<T, T, GreatestPixel<T>>(),
        };

    private static PairDownsampling Pairs<T, TMean, TMode>(PyramidMethod method)
        where T : unmanaged
        where TMean : struct, IPairKernel<T>
        where TMode : struct, IPairKernel<T> => method switch
        {
            PyramidMethod.Mean => new PairDownsampling<T, TMean>(),
            PyramidMethod.Min => new PairDownsampling<T, LeastKernel<T>>(),
            PyramidMethod.Max => new PairDownsampling<T, GreatestKernel<T>>(),
            PyramidMethod.Decimate => new PairDownsampling<T, DecimationKernel<T>>(),
            PyramidMethod.Median => new PairDownsampling<T, MedianKernel<T>>(),
            _ => new PairDownsampling<T, TMode>(),
        };
}
