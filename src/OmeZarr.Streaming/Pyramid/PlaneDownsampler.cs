using OmeZarr.Concurrency;
using OmeZarr.Memory;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid.Blocks;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>One worker's downsamplers. All memory is allocated once; nothing is allocated per plane.</summary>
internal sealed unsafe class PlaneDownsampler : IDisposable
{
    private readonly BlockDownsampler[] _downsamplers;
    private readonly NativeBuffer? _unpacked;
    private readonly ChunkPlane[] _planes = new ChunkPlane[BlockDownsampler.MostPlanes];

    public PlaneDownsampler(DownsamplingPlan plan)
    {
        _downsamplers = [.. plan.Kinds.Select(kind => kind.Create())];
        _unpacked = plan.UnpackedBytes == 0 ? null : new NativeBuffer(plan.UnpackedBytes);
    }

    /// <summary>Makes a plane whose sources are all present.</summary>
    public void Downsample(PlaneDownsampling downsampling)
    {
        var level = downsampling.Level;
        var downsampler = _downsamplers[level.Downsampler];
        var target = level.Planes.Pixels(downsampling.Target.Slot);
        var strip = level.Source.Unpacker is null ? level.Before.Height : DownsamplingPlan.StripRows(level.Before, level.Plan);
        for (long row = 0; row < level.Before.Height; row += strip)
        {
            var rows = Math.Min(strip, level.Before.Height - row);
            // SAFETY: the target is a whole plane of the level, and strips but the last are whole blocks.
            var first = (byte*)target.First + row / level.Plan.Step[^2] * target.RowStride;
            downsampler.Downsample(RowsOf(downsampling, row, rows), rows, level.Before.Width, first, target.RowStride);
        }
    }

    public void Dispose()
    {
        foreach (var downsampler in _downsamplers)
            downsampler.Dispose();
        _unpacked?.Dispose();
    }

    // Some rows of each source, in place or unpacked.
    private ReadOnlySpan<ChunkPlane> RowsOf(PlaneDownsampling downsampling, long row, long rows)
    {
        var source = downsampling.Level.Source;
        var planes = _planes.AsSpan(0, downsampling.Expected);
        for (var i = 0; i < planes.Length; i++)
        {
            var part = downsampling.Sources[i];
            planes[i] = part.IsMissing ? ChunkPlane.Missing
                : source.Unpacker is null ? Rows(source.Slots.Pixels(part.Slot), row)
                : Unpacked(downsampling, part, i, row, rows);
        }

        return planes;
    }

    private static ChunkPlane Rows(FramePixels pixels, long row) =>
        new((nint)(pixels.First + row * pixels.RowStride), pixels.RowStride);

    private ChunkPlane Unpacked(PlaneDownsampling downsampling, FramePart part, int position, long row, long rows)
    {
        var level = downsampling.Level;
        var pixels = level.Source.Slots.Pixels(part.Slot);
        var stride = level.Before.Width * level.Before.Arrays[0].DataType.Size();
        // SAFETY: there is room for a strip of every source, and the rows lie within the frame.
        var first = _unpacked!.Pointer + position * rows * stride;
        for (long y = 0; y < rows; y++)
        {
            var packed = (byte*)pixels.First + (row + y) * pixels.RowStride;
            for (long x = 0; x < level.Before.Width; x += int.MaxValue)
            {
                var count = (int)Math.Min(int.MaxValue, level.Before.Width - x);
                level.Source.Unpacker!.UnpackRow(packed, x, count, part.Plane, first + y * stride
                    + x * level.Before.Arrays[0].DataType.Size());
            }
        }

        return new ChunkPlane((nint)first, stride);
    }
}
