using System.Numerics;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// Samples the intensities of each channel while frames are written, so that viewers open the image with a sensible display
/// range. That must cost nothing beside writing them, so a channel's first planes are looked at closely, and later ones less and
/// less:
/// <list type="bullet">
/// <item>As long as they have few pixels in all, every pixel counts for the percentiles; after that some rows, other ones in each
/// plane, with the weight of those between them.</item>
/// <item>The minimum and maximum are of every pixel of some more planes, which costs little while its tile is in a core's cache;
/// after that of the rows that count.</item>
/// <item>Of a long acquisition only some planes are looked at: of twice as many, half as many of the further ones.</item>
/// </list>
/// </summary>
internal sealed unsafe class IntensitySampler : IDisposable
{
    /// <summary>Pixels of a channel's first planes of which none is left out of the percentiles.</summary>
    private const long WholePixels = 1 << 20;

    /// <summary>Of later planes, one row in so many counts, or one in more where that are more pixels than enough.</summary>
    private const int LeastRowStep = 16;
    private const long EnoughPixels = 1 << 16;

    /// <summary>Pixels of a channel's first planes of which each may be the minimum or maximum.</summary>
    private const long ManyPixels = 1 << 24;

    /// <summary>A channel's first planes are all looked at, so many at least.</summary>
    private const long ManyPlanes = 16;

    /// <summary>2^64 divided by the golden ratio: its multiples are spread evenly, those of every second, third, … too.</summary>
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Pixels unpacked at a time; of two bytes at most.</summary>
    private const int PiecePixels = 1024;

    /// <summary>Beyond that, nobody looks at channels one by one.</summary>
    private const int MostChannels = 64;

    /// <summary>Of channels without an end: memory is taken before it is known how many come.</summary>
    private const int MostUnboundedChannels = 16;

    private readonly CameraPlan _plan;
    private readonly ChannelRoute _route;
    private readonly FrameUnpacker? _unpacker;
    private readonly long _wholePlanes;
    private readonly long _fullRangePlanes;
    private readonly long _manyPlanes;
    private readonly long _rowStep;
    private readonly IntensityHistogram[] _channels;

    public IntensitySampler(CameraPlan plan)
    {
        _plan = plan;
        _route = new ChannelRoute(plan);
        _unpacker = FrameUnpacker.For(plan);
        _wholePlanes = WholePixels / plan.FrameHeight / plan.FrameWidth;
        _fullRangePlanes = ManyPixels / plan.FrameHeight / plan.FrameWidth;
        _manyPlanes = Math.Max(ManyPlanes, _fullRangePlanes);
        _rowStep = Math.Clamp(plan.FrameHeight / Math.Max(1, EnoughPixels / plan.FrameWidth), LeastRowStep, int.MaxValue);
        _channels = new IntensityHistogram[ChannelsOf(_route)];
        for (var i = 0; i < _channels.Length; i++)
            _channels[i] = new IntensityHistogram(plan.DataType);
    }

    /// <summary>
    /// Whether display ranges are measured: not for the colours of a colour camera, which are shown in the range of their type.
    /// </summary>
    public static bool IsWanted(CameraPlan plan) => plan.Settings.Omero.IsWritten && !plan.PixelFormat.IsColor();

    /// <summary>The most memory that the histograms take, in bytes.</summary>
    public static long BytesFor(CameraPlan plan) =>
        !IsWanted(plan) ? 0 : ChannelsOf(new ChannelRoute(plan)) * IntensityHistogram.BytesFor(plan.DataType);

    /// <summary>Whether a frame's plane is looked at.</summary>
    public bool LooksAt(FramePart part) => ChannelOf(part, out _, out _) is not null;

    /// <summary>Counts some pixels of a frame's plane; any worker, each plane once.</summary>
    public void Sample(FramePart part, FramePixels pixels)
    {
        if (ChannelOf(part, out var number, out var standsFor) is not { } channel)
            return;
        var (first, step) = number < _wholePlanes ? (0, 1) : ((number + _plan.FrameHeight / 2) % _rowStep, _rowStep);
        using (channel.Enter())
        {
            for (var row = first; row < _plan.FrameHeight; row += step)
                SampleRow(channel, (byte*)pixels.First + row * pixels.RowStride, part.Plane, weight: step * standsFor);
        }
    }

    /// <summary>
    /// Updates the minimum and maximum from a tile of a frame's plane, as it is stored; any worker, each tile once.
    /// </summary>
    public void UpdateMinMax(FramePart part, ChunkPlane plane, in Tile tile)
    {
        // SAFETY: the plane has the tile's rows and columns.
        if (ChannelOf(part, out var number, out _) is { } channel && number < _fullRangePlanes)
            channel.Extend((byte*)plane.First, plane.RowStride, tile.Rows, tile.Columns);
    }

    /// <summary>The display ranges by channel: minimum, maximum, and the 0.1 and 99.9 percentiles; null without any.</summary>
    public IReadOnlyList<IntensityWindow?> Windows() => [.. _channels.Select(channel => channel.Window())];

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }

    private static long ChannelsOf(ChannelRoute route) => Math.Min(route.Count ?? MostUnboundedChannels, MostChannels);

    // The histogram of a plane that is looked at, the plane's number in its channel, and how many planes it stands for.
    private IntensityHistogram? ChannelOf(FramePart part, out long number, out long standsFor)
    {
        number = _route.NumberInChannel(part.Frame, part.Plane);
        standsFor = 1;
        var channel = _route.Of(part.Frame, part.Plane);
        if (channel >= _channels.Length)
            return null;
        if (number < _manyPlanes)
            return _channels[channel];
        // From there on one in 2, from twice as many on one in 4, and so on: each by its own number, whoever looks at it.
        var halvings = BitOperations.Log2((ulong)(number / _manyPlanes)) + 1;
        standsFor = 1L << halvings;
        return unchecked((ulong)number * Spread) >> (64 - halvings) == 0 ? _channels[channel] : null;
    }

    // SAFETY: the row was checked to be whole when the frame was taken; a piece of it fits the stack, once unpacked too.
    private void SampleRow(IntensityHistogram channel, byte* row, int plane, long weight)
    {
        if (_unpacker is null)
        {
            channel.Count(row, _plan.FrameWidth, weight);
            return;
        }

        var piece = stackalloc byte[PiecePixels * sizeof(ushort)];
        for (long x = 0; x < _plan.FrameWidth; x += PiecePixels)
        {
            var count = (int)Math.Min(PiecePixels, _plan.FrameWidth - x);
            _unpacker.UnpackRow(row, x, count, plane, piece);
            channel.Count(piece, count, weight);
        }
    }
}
