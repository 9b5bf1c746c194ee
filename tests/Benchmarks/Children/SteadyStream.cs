using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Children;

/// <summary>
/// Many tiny frames through the published library: what its runtime allocates and collects once it runs steadily.
/// </summary>
internal static unsafe class SteadyStream
{
    /// <summary>Within one shard, of which nothing is published in between: what every frame costs.</summary>
    public const string OneShard = "shard";

    /// <summary>Shards of 10 000 frames, an index published each second: with files opened and closed.</summary>
    public const string ManyShards = "shards";

    /// <summary>As <see cref="OneShard"/>, with three levels of means.</summary>
    public const string OneShardWithLevels = "shard-levels";

    /// <summary>As <see cref="ManyShards"/>, with three levels of means.</summary>
    public const string ManyShardsWithLevels = "shards-levels";

    /// <summary>Each chunk a file, in a folder of its own as Zarr's keys have it.</summary>
    public const string Objects = "objects";

    // Short, so that pools are full when the measurement begins: they grow with the longest pause of the workers that there has
    // been.
    private const int RingFrames = 512;

    // Before the measurement: threads start, pools fill.
    private const int WarmFrames = 20_000;

    private const int LongestFlushIntervalMs = 3_600_000;

    private const int Levels = 3;

    /// <summary>Writes <c>allocated</c> and <c>collections</c>, both over the given frames.</summary>
    public static void Measure(string kind, string parent, long frames, Utf8JsonWriter json)
    {
        using var pools = new FramePools(quick: true);
        using var folder = new WorkFolder("child", parent);
        var pool = pools[Layouts.TinyFrames.Frame];
        using var stream = NativeStream.Create(Settings(kind, folder.Dataset));
        Append(stream, pool, 0, WarmFrames);
        stream.Flush();
        var before = stream.Stats();
        Append(stream, pool, WarmFrames, frames);
        stream.Flush();
        var after = stream.Stats();
        stream.Finish();
        folder.RemoveDataset();
        json.WriteNumber("allocated", after.ManagedBytesAllocated - before.ManagedBytesAllocated);
        json.WriteNumber("collections", after.GcCollections - before.GcCollections);
    }

    private static string Settings(string kind, string dataset)
    {
        var layout = kind switch
        {
            OneShard or OneShardWithLevels => Layouts.TinyFrames with { Shard = (1 << 20, 1, 1) },
            ManyShards or ManyShardsWithLevels => Layouts.TinyFrames,
            Objects => Layouts.TinyFrames with { Shard = null },
            _ => throw new ArgumentException($"unknown kind '{kind}'"),
        };
        return SettingsDocument.Of(new Regime(layout, Codecs.Raw), dataset, Sync.Never, document =>
        {
            document["pipeline"] = new JsonObject { ["ring_frames"] = RingFrames };
            if (kind is OneShard or OneShardWithLevels)
                document["durability"]!["flush_interval_ms"] = LongestFlushIntervalMs;
            if (kind is OneShardWithLevels or ManyShardsWithLevels)
                document["pyramid"] = new JsonObject { ["levels"] = Levels, ["method"] = "mean" };
        });
    }

    private static void Append(NativeStream stream, FramePool pool, long first, long count)
    {
        for (var frame = first; frame < first + count; frame++)
            stream.Append(pool[frame], pool.Shape.Bytes);
    }
}
