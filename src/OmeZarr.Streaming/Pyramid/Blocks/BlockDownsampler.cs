using OmeZarr.Acquisition.Settings;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// Turns each block of pixels into one pixel: the step from one resolution level to the next.
/// </summary>
/// <remarks>
/// <para>A block is the pixels of up to <see cref="MostPlanes"/> planes within a cell of a grid; at the lower and right edge
/// only pixels that exist count. Pixels of missing planes exist, and are 0.</para>
/// <list type="bullet">
/// <item>mean: the exact mean, for integers rounded to the nearest and to the even one of two; float pixels are summed as doubles
/// in C order and divided by their number. Not-a-number makes not-a-number.</item>
/// <item>decimate: the first pixel of the first plane's first row, bit for bit.</item>
/// <item>min, max: the least and the greatest pixel; not-a-number makes not-a-number, and -0 is less than 0.</item>
/// <item>median: the middle pixel in order, the lower one of two; not-a-number makes not-a-number, and -0 becomes 0.</item>
/// <item>mode: the most frequent pixel, the least of several; not-a-number counts as one value greater than all others,
/// and -0 as 0.</item>
/// </list>
/// <para>Every result is the same on every machine, but for the bits of a not-a-number.</para>
/// <para>One worker's, and allocates nothing after it was made. Whoever makes it disposes it.</para>
/// </remarks>
/// <seealso href="https://google.github.io/tensorstore/driver/downsample/index.html"/>
internal sealed unsafe class BlockDownsampler : IDisposable
{
    /// <summary>The largest factor of any dimension.</summary>
    public const int MostFactor = 64;

    /// <summary>Planes of a block at most.</summary>
    public const int MostPlanes = MostFactor;

    private readonly int _factorY;
    private readonly int _factorX;
    private readonly NativeBuffer? _scratch;
    private readonly RowDownsampling _any;
    private readonly PairDownsampling? _pairs;

    /// <param name="type">The pixels' type.</param>
    /// <param name="method">How a block becomes a pixel.</param>
    /// <param name="factorY">Rows of a block, 1 to <see cref="MostFactor"/>.</param>
    /// <param name="factorX">Columns of a block, 1 to <see cref="MostFactor"/>.</param>
    /// <exception cref="InsufficientMemoryException">The system does not give the scratch memory.</exception>
    public BlockDownsampler(DataType type, PyramidMethod method, int factorY, int factorX)
    {
        var scratch = ScratchBytes(type, method, factorY, factorX);
        _factorY = factorY;
        _factorX = factorX;
        _scratch = scratch == 0 ? null : new NativeBuffer(scratch);
        _any = DownsamplingChoice.Any(type, method, _scratch is null ? null : _scratch.Pointer);
        _pairs = factorX == PairDownsampling.Columns ? DownsamplingChoice.Pairs(type, method) : null;
    }

    /// <summary>
    /// Bytes of native memory that a downsampler holds: room to sort the largest block there can be, for median and mode of large
    /// blocks; else 0. What the blocks' planes do not need is never touched.
    /// </summary>
    public static long ScratchBytes(DataType type, PyramidMethod method, int factorY, int factorX)
    {
        CheckFactor(factorY);
        CheckFactor(factorX);
        return RankMemory.BytesFor(type, method, factorY, factorX);
    }

    /// <summary>Downsamples a region.</summary>
    /// <param name="sources">
    /// 1 to <see cref="MostPlanes"/> planes of the region; rows need no alignment, and nothing behind their last pixel is read.
    /// </param>
    /// <param name="rows">Rows of the region, at least 1.</param>
    /// <param name="columns">Pixels of its rows, at least 1.</param>
    /// <param name="target">
    /// Receives a row for each row of blocks, with a pixel for each block; must not overlap the sources.
    /// </param>
    /// <param name="targetStride">Bytes from one row to the next there; what lies between rows is left alone.</param>
    public void Downsample(ReadOnlySpan<ChunkPlane> sources, long rows, long columns, byte* target, long targetStride)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sources.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Length, MostPlanes);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var source = new BlockSource { Planes = sources, Rows = rows, Columns = columns, FactorY = _factorY, FactorX = _factorX };
        // SAFETY: the caller vouches for the sources' rows and for room for the target's.
        for (long blockRow = 0; blockRow < source.BlocksDown; blockRow++, target += targetStride)
        {
            var done = _pairs is null ? 0 : DownsamplePairs(_pairs, source, blockRow, target);
            if (done < source.BlocksAcross)
                _any.Downsample(source, blockRow, done, target);
        }

        GC.KeepAlive(this);
    }

    public void Dispose() => _scratch?.Dispose();

    private static long DownsamplePairs(PairDownsampling pairs, in BlockSource source, long blockRow, byte* target)
    {
        var count = source.RowsOf(blockRow);
        if (!pairs.Takes(count * source.Planes.Length))
            return 0;
        // SAFETY: no more rows are taken than there is room for.
        var rows = stackalloc byte*[PairDownsampling.MostRows];
        for (var plane = 0; plane < source.Planes.Length; plane++)
        {
            for (var row = 0; row < count; row++)
            {
                rows[plane * count + row] = source.Row(plane, blockRow, row);
                if (source.Planes[plane].IsMissing)
                    return 0;
            }
        }

        var ahead = source.Planes[0].RowStride * count;
        return pairs.Downsample(rows, count * source.Planes.Length, source.Columns / PairDownsampling.Columns, target, ahead);
    }

    private static void CheckFactor(int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, MostFactor);
    }
}
