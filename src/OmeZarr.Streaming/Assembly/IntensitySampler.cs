using System.Numerics;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Assembly;

/// <summary>
/// Watches the intensities of each channel while frames are written, so that viewers open the image with a sensible
/// window. A row in sixteen is looked at: enough for percentiles, and a small part of what encoding costs.
/// </summary>
internal sealed unsafe class IntensitySampler
{
    private const int RowStep = 16;

    /// <summary>Pixels that are unpacked at a time; of two bytes at most.</summary>
    private const int PiecePixels = 1024;

    /// <summary>More are not channels that somebody looks at one by one.</summary>
    private const int MostChannels = 64;

    private const double LowShare = 0.001;
    private const double HighShare = 0.999;

    private readonly CameraPlan _plan;
    private readonly ChannelRoute _route;
    private readonly FrameUnpacker? _unpacker;
    private readonly Channel[] _channels;

    public IntensitySampler(CameraPlan plan)
    {
        _plan = plan;
        _route = new ChannelRoute(plan);
        _unpacker = FrameUnpacker.For(plan);
        _channels = new Channel[Math.Min(_route.Count, MostChannels)];
        for (var i = 0; i < _channels.Length; i++)
            _channels[i] = new Channel(BinsOf(plan.DataType));
    }

    /// <summary>Whether anything will be said of the channels' display.</summary>
    public static bool IsWanted(CameraPlan plan) =>
        plan.Settings.Omero.Write ?? plan.Settings.Dimensions.Any(dimension => dimension.Channels.Length > 0);

    /// <summary>Bytes that the histograms take.</summary>
    public static long BytesFor(CameraPlan plan) =>
        !IsWanted(plan) ? 0 : Math.Min(new ChannelRoute(plan).Count, MostChannels) * BinsOf(plan.DataType) * sizeof(long);

    /// <summary>Counts the pixels of a frame's plane; any worker, each plane once.</summary>
    public void Sample(FramePart part, FramePixels pixels)
    {
        var number = _route.Of(part.Frame, part.Plane);
        if (number >= _channels.Length)
            return;
        var channel = _channels[number];
        lock (channel)
        {
            for (long row = RowStep / 2 % _plan.FrameHeight; row < _plan.FrameHeight; row += RowStep)
                SampleRow(channel, (byte*)pixels.First + row * pixels.RowStride, part.Plane);
        }
    }

    /// <summary>The windows by channel: the least and the greatest pixel seen, 0.1 and 99.9 percent; null without any.</summary>
    public IReadOnlyList<IntensityWindow?> Windows() => [.. _channels.Select(WindowOf)];

    private IntensityWindow? WindowOf(Channel channel)
    {
        lock (channel)
        {
            if (channel.Count == 0)
                return null;
            return channel.Bins.Length == 0
                ? new IntensityWindow(channel.Least, channel.Greatest, channel.Least, channel.Greatest)
                : new IntensityWindow(Quantile(channel, 0), Quantile(channel, 1), Quantile(channel, LowShare), Quantile(channel, HighShare));
        }
    }

    private double Quantile(Channel channel, double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * channel.Count));
        long seen = 0;
        var bin = -1;
        while (seen < wanted)
            seen += channel.Bins[++bin];
        return bin - (IsSigned ? channel.Bins.Length / 2 : 0);
    }

    private bool IsSigned => _plan.DataType is DataType.Int8 or DataType.Int16;

    private static int BinsOf(DataType type) => type.Size() <= sizeof(ushort) ? 1 << 8 * type.Size() : 0;

    // SAFETY: the row was checked to be whole when the frame was taken; a piece of it fits the stack, once unpacked too.
    private void SampleRow(Channel channel, byte* row, int plane)
    {
        if (_unpacker is null)
        {
            SampleRun(channel, row, _plan.FrameWidth);
            return;
        }

        var piece = stackalloc byte[PiecePixels * sizeof(ushort)];
        for (long x = 0; x < _plan.FrameWidth; x += PiecePixels)
        {
            var count = (int)Math.Min(PiecePixels, _plan.FrameWidth - x);
            _unpacker.UnpackRow(row, x, count, plane, piece);
            SampleRun(channel, piece, count);
        }
    }

    private void SampleRun(Channel channel, byte* row, long count)
    {
        switch (_plan.DataType)
        {
            case DataType.UInt8:
                CountBytes(channel, row, count, flip: 0);
                break;
            case DataType.Int8:
                CountBytes(channel, row, count, flip: 1 << 7);
                break;
            case DataType.UInt16:
                CountShorts(channel, row, count, flip: 0);
                break;
            case DataType.Int16:
                CountShorts(channel, row, count, flip: 1 << 15);
                break;
            case DataType.UInt32:
                Extend<uint>(channel, row, count);
                break;
            case DataType.Int32:
                Extend<int>(channel, row, count);
                break;
            case DataType.UInt64:
                Extend<ulong>(channel, row, count);
                break;
            case DataType.Int64:
                Extend<long>(channel, row, count);
                break;
            case DataType.Float32:
                Extend<float>(channel, row, count);
                break;
            default:
                Extend<double>(channel, row, count);
                break;
        }
    }

    private static void CountBytes(Channel channel, byte* row, long count, int flip)
    {
        var bins = channel.Bins;
        for (long x = 0; x < count; x++)
            bins[row[x] ^ flip]++;
        channel.Count += count;
    }

    private static void CountShorts(Channel channel, byte* row, long count, int flip)
    {
        var bins = channel.Bins;
        // A caller's rows need not be aligned.
        for (long x = 0; x < count; x++)
            bins[(row[2 * x] | row[2 * x + 1] << 8) ^ flip]++;
        channel.Count += count;
    }

    private static void Extend<T>(Channel channel, byte* row, long count)
        where T : unmanaged, INumber<T>
    {
        for (long x = 0; x < count; x++)
        {
            T value;
            Buffer.MemoryCopy(row + x * sizeof(T), &value, sizeof(T), sizeof(T));
            if (!T.IsFinite(value))
                continue;
            var number = double.CreateChecked(value);
            channel.Least = channel.Count == 0 ? number : Math.Min(channel.Least, number);
            channel.Greatest = channel.Count == 0 ? number : Math.Max(channel.Greatest, number);
            channel.Count++;
        }
    }

    private sealed class Channel(int bins)
    {
        public long[] Bins { get; } = new long[bins];

        public long Count { get; set; }

        public double Least { get; set; }

        public double Greatest { get; set; }
    }
}
