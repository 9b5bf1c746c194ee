using System.Numerics;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// Samples the intensities of each channel while frames are written, so that viewers open the image with a sensible display
/// range. Every pixel counts for the minimum and maximum, which costs little while its tile is in a core's cache. One row in
/// sixteen goes into the histogram: enough for percentiles, and cheap beside encoding.
/// </summary>
internal sealed unsafe class IntensitySampler : IDisposable
{
    private const int RowStep = 16;

    /// <summary>Pixels unpacked at a time; of two bytes at most.</summary>
    private const int PiecePixels = 1024;

    /// <summary>Beyond that, nobody looks at channels one by one.</summary>
    private const int MostChannels = 64;

    private readonly CameraPlan _plan;
    private readonly ChannelRoute _route;
    private readonly FrameUnpacker? _unpacker;
    private readonly IntensityHistogram[] _channels;

    public IntensitySampler(CameraPlan plan)
    {
        _plan = plan;
        _route = new ChannelRoute(plan);
        _unpacker = FrameUnpacker.For(plan);
        _channels = new IntensityHistogram[Math.Min(_route.Count, MostChannels)];
        for (var i = 0; i < _channels.Length; i++)
            _channels[i] = new IntensityHistogram(plan.DataType);
    }

    /// <summary>Whether display ranges of the channels are written.</summary>
    public static bool IsWanted(CameraPlan plan) =>
        plan.Settings.Omero.Write ?? plan.Settings.Dimensions.Any(dimension => dimension.Channels.Length > 0);

    /// <summary>The most memory that the histograms take, in bytes.</summary>
    public static long BytesFor(CameraPlan plan) =>
        !IsWanted(plan) ? 0 : Math.Min(new ChannelRoute(plan).Count, MostChannels) * IntensityHistogram.BytesFor(plan.DataType);

    /// <summary>Counts some pixels of a frame's plane; any worker, each plane once.</summary>
    public void Sample(FramePart part, FramePixels pixels)
    {
        if (ChannelOf(part) is not { } channel)
            return;
        using (channel.Enter())
        {
            for (var row = (long)RowStep / 2 % _plan.FrameHeight; row < _plan.FrameHeight; row += RowStep)
                SampleRow(channel, (byte*)pixels.First + row * pixels.RowStride, part.Plane);
        }
    }

    /// <summary>
    /// Updates the minimum and maximum from a tile of a frame's plane, as it is stored; any worker, each tile once.
    /// </summary>
    public void UpdateMinMax(FramePart part, ChunkPlane plane, in Tile tile)
    {
        if (ChannelOf(part) is not { } channel)
            return;
        switch (_plan.DataType)
        {
            case DataType.UInt8:
                UpdateMinMax<byte>(channel, plane, tile);
                break;
            case DataType.Int8:
                UpdateMinMax<sbyte>(channel, plane, tile);
                break;
            case DataType.UInt16:
                UpdateMinMax<ushort>(channel, plane, tile);
                break;
            case DataType.Int16:
                UpdateMinMax<short>(channel, plane, tile);
                break;
            case DataType.UInt32:
                UpdateMinMax<uint>(channel, plane, tile);
                break;
            case DataType.Int32:
                UpdateMinMax<int>(channel, plane, tile);
                break;
            case DataType.UInt64:
                UpdateMinMax<ulong>(channel, plane, tile);
                break;
            case DataType.Int64:
                UpdateMinMax<long>(channel, plane, tile);
                break;
            case DataType.Float32:
                UpdateMinMax<float>(channel, plane, tile);
                break;
            default:
                UpdateMinMax<double>(channel, plane, tile);
                break;
        }
    }

    /// <summary>The display ranges by channel: minimum, maximum, and the 0.1 and 99.9 percentiles; null without any.</summary>
    public IReadOnlyList<IntensityWindow?> Windows() => [.. _channels.Select(channel => channel.Window())];

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }

    private IntensityHistogram? ChannelOf(FramePart part)
    {
        var number = _route.Of(part.Frame, part.Plane);
        return number < _channels.Length ? _channels[number] : null;
    }

    // SAFETY: the plane has the tile's rows and columns.
    private static void UpdateMinMax<T>(IntensityHistogram channel, ChunkPlane plane, in Tile tile)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (PixelMinMax.Of<T>((byte*)plane.First, plane.RowStride, tile.Rows, tile.Columns) is var (least, greatest))
            channel.Extend(double.CreateChecked(least), double.CreateChecked(greatest));
    }

    // SAFETY: the row was checked to be whole when the frame was taken; a piece of it fits the stack, once unpacked too.
    private void SampleRow(IntensityHistogram channel, byte* row, int plane)
    {
        if (_unpacker is null)
        {
            channel.Count(row, _plan.FrameWidth);
            return;
        }

        var piece = stackalloc byte[PiecePixels * sizeof(ushort)];
        for (long x = 0; x < _plan.FrameWidth; x += PiecePixels)
        {
            var count = (int)Math.Min(PiecePixels, _plan.FrameWidth - x);
            _unpacker.UnpackRow(row, x, count, plane, piece);
            channel.Count(piece, count);
        }
    }
}
