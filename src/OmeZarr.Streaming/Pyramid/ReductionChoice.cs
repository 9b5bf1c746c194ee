using System.Numerics;
using OmeZarr.Acquisition;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>The code for each number type and method.</summary>
internal static unsafe class ReductionChoice
{
    /// <summary>What reduces blocks of any size.</summary>
    /// <param name="type">The pixels' type.</param>
    /// <param name="method">How.</param>
    /// <param name="scratch">Memory as <see cref="RankMemory"/> says, or null.</param>
    public static RowReduction Any(DataType type, PyramidMethod method, byte* scratch) => type switch
    {
        DataType.UInt8 => Integers<byte, long, byte, UnsignedOrder<byte>>(method, scratch),
        DataType.Int8 => Integers<sbyte, long, byte, SignedOrder<byte>>(method, scratch),
        DataType.UInt16 => Integers<ushort, long, ushort, UnsignedOrder<ushort>>(method, scratch),
        DataType.Int16 => Integers<short, long, ushort, SignedOrder<ushort>>(method, scratch),
        DataType.UInt32 => Integers<uint, long, uint, UnsignedOrder<uint>>(method, scratch),
        DataType.Int32 => Integers<int, long, uint, SignedOrder<uint>>(method, scratch),
        DataType.UInt64 => Integers<ulong, UInt128, ulong, UnsignedOrder<ulong>>(method, scratch),
        DataType.Int64 => Integers<long, Int128, ulong, SignedOrder<ulong>>(method, scratch),
        DataType.Float32 => Of<float, double, FloatMean<float>, uint, FloatOrder<uint>>(method, scratch),
        _ => Of<double, double, FloatMean<double>, ulong, FloatOrder<ulong>>(method, scratch),
    };

    /// <summary>What reduces blocks of two columns in vectors, where there is such a thing.</summary>
    public static PairReduction? Pairs(DataType type, PyramidMethod method) => type switch
    {
        DataType.UInt8 => Pairs<byte, IntegerMeanKernel<byte, ushort>, ModeKernel<byte>>(method),
        DataType.Int8 => Pairs<sbyte, IntegerMeanKernel<sbyte, short>, ModeKernel<sbyte>>(method),
        DataType.UInt16 => Pairs<ushort, IntegerMeanKernel<ushort, uint>, ModeKernel<ushort>>(method),
        DataType.Int16 => Pairs<short, IntegerMeanKernel<short, int>, ModeKernel<short>>(method),
        DataType.UInt32 => Pairs<uint, IntegerMeanKernel<uint, ulong>, ModeKernel<uint>>(method),
        DataType.Int32 => Pairs<int, IntegerMeanKernel<int, long>, ModeKernel<int>>(method),
        // Not-a-number equals nothing, which only sorting by keys does right.
        DataType.Float32 when method != PyramidMethod.Mode => Pairs<float, FloatMeanKernel, MedianKernel<float>>(method),
        _ => null,
    };

    private static RowReduction Integers<T, TSum, TKey, TOrder>(PyramidMethod method, byte* scratch)
        where T : unmanaged, IBinaryInteger<T>
        where TSum : unmanaged, IBinaryInteger<TSum>
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
        where TOrder : struct, IPixelOrder<TKey> => Of<T, TSum, IntegerMean<T, TSum>, TKey, TOrder>(method, scratch);

    private static RowReduction Of<T, TSum, TMean, TKey, TOrder>(PyramidMethod method, byte* scratch)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged
        where TMean : struct, IPixelFold<T, TSum>
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>, IMinMaxValue<TKey>
        where TOrder : struct, IPixelOrder<TKey> => method switch
        {
            PyramidMethod.Mean => new FoldReduction<T, TSum, TMean>(),
            PyramidMethod.Min => new FoldReduction<T, T, LeastPixel<T>>(),
            PyramidMethod.Max => new FoldReduction<T, T, GreatestPixel<T>>(),
            PyramidMethod.Decimate => new Decimation<TKey>(),
            PyramidMethod.Median => new RankReduction<TKey, TOrder, MedianPick<TKey, TOrder>>(scratch),
            _ => new RankReduction<TKey, TOrder, ModePick<TKey>>(scratch),
        };

    private static PairReduction Pairs<T, TMean, TMode>(PyramidMethod method)
        where T : unmanaged
        where TMean : struct, IPairKernel<T>
        where TMode : struct, IPairKernel<T> => method switch
        {
            PyramidMethod.Mean => new PairReduction<T, TMean>(),
            PyramidMethod.Min => new PairReduction<T, LeastKernel<T>>(),
            PyramidMethod.Max => new PairReduction<T, GreatestKernel<T>>(),
            PyramidMethod.Decimate => new PairReduction<T, DecimationKernel<T>>(),
            PyramidMethod.Median => new PairReduction<T, MedianKernel<T>>(),
            _ => new PairReduction<T, TMode>(),
        };
}
