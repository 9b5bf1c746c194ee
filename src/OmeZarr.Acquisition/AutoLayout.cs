using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition;

/// <summary>
/// <c>layout: "auto"</c>: chunks of about 1 MiB, shards of at most 1 GiB. Sizes that are given are kept; docs/settings.md
/// tells the rule.
/// </summary>
public sealed class AutoLayout
{
    /// <summary>The aim for a chunk's bytes before compression; 0.75 to 1.5 times as much comes out.</summary>
    public const long ChunkBytes = 1 << 20;

    /// <summary>The most bytes of a shard before compression.</summary>
    public const long ShardBytes = 1 << 30;

    /// <summary>The most chunks of a shard: its index, rewritten at each flush, then has 256 KiB.</summary>
    public const long ShardChunks = 1 << 14;

    /// <summary>The most frames gathered in a chunk: of a slow time-lapse, so many may be lost in a crash.</summary>
    public const long GatheredFrames = 64;

    private readonly ImmutableArray<DimensionSettings> _axes;
    private readonly int _elementBytes;
    private readonly AutoLimits _limits;
    private readonly long[] _counts;
    private readonly long[] _chunks;

    private AutoLayout(ImmutableArray<DimensionSettings> axes, DataType dataType, AutoLimits limits)
    {
        _axes = axes;
        _limits = limits;
        _elementBytes = dataType.Size();
        _counts = [.. axes.Select(axis => axis.Count ?? long.MaxValue)];
        _chunks = [.. axes.Select((axis, i) => Math.Min(_counts[i], axis.ChunkSize ?? (i >= axes.Length - 2 ? _counts[i] : 1)))];
    }

    private long Bytes => ArrayLayout.Product(_chunks.Append(_elementBytes));

    private long MostChunkBytes => _limits.ChunkBytes * 3 / 2;

    private long FrameBytes => ArrayLayout.Product([_counts[^2], _counts[^1], _elementBytes]);

    private long Frames => ArrayLayout.Product(_chunks.SkipLast(2));

    /// <summary>Chooses the sizes of chunks, and of shards in chunks (null: a shard would hold a single chunk).</summary>
    /// <param name="axes">In storage order.</param>
    /// <param name="slowestFirst">The dimensions in acquisition order.</param>
    /// <param name="dataType">Type of the pixels.</param>
    /// <param name="limits">How far to go.</param>
    internal static (long[] Chunks, int[]? Shards) Choose(
        ImmutableArray<DimensionSettings> axes, ImmutableArray<DimensionSettings> slowestFirst, DataType dataType,
        AutoLimits limits)
    {
        var layout = new AutoLayout(axes, dataType, limits);
        layout.CutFrame();
        layout.GatherFrames(slowestFirst);
        return (layout._chunks, layout.Shards());
    }

    /// <summary>Halves a large frame until a tile is small enough, the longer side first, into nearly equal tiles.</summary>
    private void CutFrame()
    {
        var (height, width) = (_axes.Length - 2, _axes.Length - 1);
        var pieces = new long[_axes.Length];
        Array.Fill(pieces, 1);
        while (Bytes >= MostChunkBytes)
        {
            var side = CanCut(height) && (!CanCut(width) || _chunks[height] >= _chunks[width]) ? height : width;
            if (!CanCut(side))
                return;
            pieces[side] *= 2;
            _chunks[side] = ((_counts[side] - 1) / pieces[side]) + 1;
        }

        bool CanCut(int axis) => _axes[axis].ChunkSize is null && _chunks[axis] > 1;
    }

    /// <summary>
    /// Puts several small frames into a chunk along the dimension that changes fastest, so that a chunk is soon full.
    /// Channels stay apart because viewers load them apart. All frames from the first to the last of a chunk wait in memory, also
    /// those of other positions and channels.
    /// </summary>
    private void GatherFrames(ImmutableArray<DimensionSettings> slowestFirst)
    {
        var fastestFirst = slowestFirst.SkipLast(2).Reverse().Where(dimension =>
            dimension is { ChunkSize: null, Type: DimensionType.Space or DimensionType.Time } && _axes.Contains(dimension));
        foreach (var dimension in fastestFirst)
        {
            var axis = _axes.IndexOf(dimension);
            var faster = slowestFirst[(slowestFirst.IndexOf(dimension) + 1)..^2].Select(other => other.Count!.Value);
            var stepBytes = ArrayLayout.Product(faster.Append(FrameBytes));
            while (_chunks[axis] < _counts[axis] && Bytes * 2 < MostChunkBytes && Frames * 2 <= GatheredFrames
                && _chunks[axis] * 2 <= _limits.SpanBytes / stepBytes)
                _chunks[axis] = Math.Min(_chunks[axis] * 2, _counts[axis]);
        }
    }

    /// <summary>
    /// A shard takes the axes from the last to the first: each whole if that fits, the first that does not in as few
    /// equal parts as fit, and those before it not at all.
    /// </summary>
    private int[]? Shards()
    {
        var needed = _counts.Zip(_chunks, ArrayLayout.ChunksAlong).ToArray();
        var shards = _axes.Select((axis, i) => Math.Min(needed[i], axis.ShardSizeChunks ?? 1L)).ToArray();
        var full = false;
        for (var i = _axes.Length - 1; i >= 0 && !full; i--)
        {
            if (_axes[i].ShardSizeChunks is not null)
                continue;
            var others = ArrayLayout.Product(shards);
            var room = Math.Min(TimesIn(ShardBytes, ArrayLayout.Product([Bytes, others])), TimesIn(_limits.ShardChunks, others));
            full = needed[i] > room;
            shards[i] = !full ? needed[i] : _axes[i].Count is null ? room : InEqualParts(needed[i], room);
        }

        var single = shards.All(size => size == 1) && _axes.All(axis => axis.ShardSizeChunks is null);
        return single ? null : [.. shards.Select(size => checked((int)size))];
    }

    /// <summary>How often a part fits into the whole, but at least once.</summary>
    private static long TimesIn(long whole, long part) => Math.Max(1, whole / part);

    /// <summary>The size of equal parts, each at most so large, that make up a length.</summary>
    private static long InEqualParts(long length, long most)
    {
        var parts = ArrayLayout.ChunksAlong(length, most);
        return ArrayLayout.ChunksAlong(length, parts);
    }
}
