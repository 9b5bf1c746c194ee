using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Pyramid.Blocks;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>One worker's tools to make planes of levels. All memory is made once; nothing is allocated per plane.</summary>
internal sealed unsafe class PlaneReducer : IDisposable
{
    private readonly BlockReducer[] _reducers;
    private readonly NativeBuffer? _unpacked;
    private readonly ChunkPlane[] _planes = new ChunkPlane[BlockReducer.MostPlanes];

    public PlaneReducer(ReductionPlan plan)
    {
        _reducers = [.. plan.Kinds.Select(kind => kind.Create())];
        _unpacked = plan.UnpackedBytes == 0 ? null : new NativeBuffer(plan.UnpackedBytes);
    }

    /// <summary>Makes a plane whose sources are all there.</summary>
    public void Reduce(PlaneReduction reduction)
    {
        var level = reduction.Level;
        var reducer = _reducers[level.Reducer];
        var target = level.Planes.Pixels(reduction.Target.Place);
        var strip = level.Source.Unpacker is null ? level.Before.Height : ReductionPlan.StripRows(level.Before, level.Plan);
        for (long row = 0; row < level.Before.Height; row += strip)
        {
            var rows = Math.Min(strip, level.Before.Height - row);
            // SAFETY: the target is a whole plane of the level, and strips but the last are whole blocks.
            var first = (byte*)target.First + row / level.Plan.Step[^2] * target.RowStride;
            reducer.Reduce(RowsOf(reduction, row, rows), rows, level.Before.Width, first, target.RowStride);
        }
    }

    public void Dispose()
    {
        foreach (var reducer in _reducers)
            reducer.Dispose();
        _unpacked?.Dispose();
    }

    // Some rows of each source, where they lie or unpacked.
    private ReadOnlySpan<ChunkPlane> RowsOf(PlaneReduction reduction, long row, long rows)
    {
        var source = reduction.Level.Source;
        var planes = _planes.AsSpan(0, reduction.Expected);
        for (var i = 0; i < planes.Length; i++)
        {
            var part = reduction.Sources[i];
            planes[i] = part.IsMissing ? ChunkPlane.Missing
                : source.Unpacker is null ? Rows(source.Places.Pixels(part.Place), row)
                : Unpacked(reduction, part, i, row, rows);
        }

        return planes;
    }

    private static ChunkPlane Rows(FramePixels pixels, long row) => new((nint)(pixels.First + row * pixels.RowStride), pixels.RowStride);

    private ChunkPlane Unpacked(PlaneReduction reduction, FramePart part, int position, long row, long rows)
    {
        var level = reduction.Level;
        var pixels = level.Source.Places.Pixels(part.Place);
        var stride = level.Before.Width * level.Before.Arrays[0].DataType.Size();
        // SAFETY: there is room for a strip of every source, and the rows lie within the frame.
        var first = _unpacked!.Pointer + position * rows * stride;
        for (long y = 0; y < rows; y++)
        {
            var packed = (byte*)pixels.First + (row + y) * pixels.RowStride;
            for (long x = 0; x < level.Before.Width; x += int.MaxValue)
            {
                var count = (int)Math.Min(int.MaxValue, level.Before.Width - x);
                level.Source.Unpacker!.UnpackRow(packed, x, count, part.Plane, first + y * stride + x * level.Before.Arrays[0].DataType.Size());
            }
        }

        return new ChunkPlane((nint)first, stride);
    }
}
