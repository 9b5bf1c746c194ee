using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition;

/// <summary>
/// Decides the chunks and shards of the array of full resolution and checks that they can be held and addressed.
/// </summary>
internal static class ArrayLayout
{
    /// <summary>
    /// The most bytes of a chunk before compression: what LZ4 takes at once, and still below 2^31 with any codec's
    /// overhead.
    /// </summary>
    public const int MostChunkBytes = 0x7E00_0000;

    /// <summary>The most chunks of a shard: their index then has 16 MiB, which readers fetch whole.</summary>
    public const int MostChunksPerShard = 1 << 20;

    /// <summary>
    /// The layout of every image's array, whose path is the caller's to set; null when the document has problems.
    /// </summary>
    /// <param name="settings">What is stored.</param>
    /// <param name="limits">How far an automatic layout may go.</param>
    /// <param name="path">Where the dimensions are given.</param>
    /// <param name="problems">Receives what cannot be.</param>
    public static ArrayPlan? Of(CameraSettings settings, AutoLimits limits, string path, ProblemList problems)
    {
        var axes = StorageAxes.InOrder(settings);
        var (chunks, shards) = settings.AutoLayout
            ? AutoLayout.Choose(axes, settings.Dimensions, settings.DataType, limits)
            : AsGiven(axes);
        CheckBytes(settings, path, problems);
        CheckChunks(axes, settings.DataType, chunks, path, problems);
        CheckShards(axes, shards, path, problems);
        return !problems.IsEmpty ? null : new ArrayPlan
        {
            Path = LevelPlan.PathOf(0),
            DataType = settings.DataType,
            Shape = [.. axes.Select(axis => axis.Count ?? 0)],
            UnboundedAxis = axes.FirstOrDefault(axis => axis.Count is null) is { } growing ? axes.IndexOf(growing) : -1,
            ChunkShape = [.. chunks.Select(size => (int)size)],
            ShardShapeInChunks = shards is null ? default : [.. shards],
            Compression = settings.Compression,
            Checksum = settings.Checksum,
            DimensionNames = [.. axes.Select(axis => axis.Name)],
        };
    }

    /// <summary>
    /// The default: the whole frame, one index of every other axis, no shards. A chunk is never longer than its axis,
    /// nor a shard longer than the chunks along it.
    /// </summary>
    private static (long[] Chunks, int[]? Shards) AsGiven(ImmutableArray<DimensionSettings> axes)
    {
        var chunks = new long[axes.Length];
        var shards = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            var count = axes[i].Count ?? long.MaxValue;
            chunks[i] = Math.Min(count, axes[i].ChunkSize ?? (i >= axes.Length - 2 ? count : 1));
            shards[i] = (int)Math.Min(ChunksAlong(count, chunks[i]), axes[i].ShardSizeChunks ?? 1);
        }

        return (chunks, axes.Any(axis => axis.ShardSizeChunks is not null) ? shards : null);
    }

    /// <summary>Chunks that an axis needs.</summary>
    public static long ChunksAlong(long count, long chunk) => ((count - 1) / chunk) + 1;

    /// <summary>A product that stops at long.MaxValue instead of wrapping; factors are at least 1.</summary>
    public static long Product(IEnumerable<long> factors) =>
        factors.Aggregate(1L, (product, factor) => product > long.MaxValue / factor ? long.MaxValue : product * factor);

    private static void CheckBytes(CameraSettings settings, string path, ProblemList problems)
    {
        var bytes = Product(settings.Dimensions.Select(dimension => dimension.Count ?? 1).Append(settings.DataType.Size()));
        if (bytes == long.MaxValue)
            problems.Add(path, "all counts together make more bytes than 2^63 - 1");
    }

    private static void CheckChunks(ImmutableArray<DimensionSettings> axes, DataType type, long[] chunks, string path,
        ProblemList problems)
    {
        var bytes = Product(chunks.Append(type.Size()));
        if (bytes <= MostChunkBytes)
            return;
        problems.Add(
            path,
            $"a chunk of {Shape(axes, chunks)} {type.Name()} has {ProblemList.Show(bytes)} bytes; at most "
            + $"{ProblemList.Show(MostChunkBytes)} are possible. Give a smaller `chunk_size`, or `layout`: \"auto\"");
    }

    private static void CheckShards(ImmutableArray<DimensionSettings> axes, int[]? shards, string path, ProblemList problems)
    {
        if (shards is null)
            return;
        var chunks = Product(shards.Select(size => (long)size));
        if (chunks > MostChunksPerShard)
        {
            problems.Add(
                path,
                $"a shard of {Shape(axes, shards.Select(size => (long)size))} chunks has {ProblemList.Show(chunks)} of them; "
                + $"at most {ProblemList.Show(MostChunksPerShard)} are possible. Give a smaller `shard_size_chunks`");
        }
    }

    private static string Shape(ImmutableArray<DimensionSettings> axes, IEnumerable<long> sizes) =>
        string.Join(" x ", sizes.Zip(axes, (size, axis) => $"{axis.Name} {ProblemList.Show(size)}"));
}
