using System.Text.Json.Nodes;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Acquisitions;

/// <summary>When a run's files are synced; the words are those of the settings.</summary>
internal enum Sync
{
    Never,
    Finalize,
    Flush,
}

/// <summary>Writes the settings of an acquisition with an unbounded time axis.</summary>
internal static class SettingsDocument
{
    /// <param name="regime">Layout and codec.</param>
    /// <param name="path">The dataset; replaced when it exists.</param>
    /// <param name="sync">When files are synced.</param>
    /// <param name="adjust">Changes the document before it is used.</param>
    public static string Of(Regime regime, string path, Sync sync, Action<JsonObject>? adjust = null)
    {
        var layout = regime.Layout;
        var settings = new JsonObject
        {
            ["root_path"] = path,
            ["overwrite"] = true,
            ["dtype"] = layout.Frame.TypeName,
            ["dimensions"] = new JsonArray(
                Dimension("t", null, layout.ChunkFrames, layout.Shard?.Frames),
                Dimension("y", layout.Frame.Height, layout.ChunkHeight, layout.Shard?.Height),
                Dimension("x", layout.Frame.Width, layout.ChunkWidth, layout.Shard?.Width)),
            ["compression"] = Codec(regime.Compression),
            ["durability"] = new JsonObject { ["fsync"] = sync.ToString().ToLowerInvariant() },
        };
        adjust?.Invoke(settings);
        return settings.ToJsonString();
    }

    private static JsonObject Dimension(string name, int? count, int chunk, int? shard)
    {
        var dimension = new JsonObject { ["name"] = name, ["count"] = count, ["chunk_size"] = chunk };
        if (shard is not null)
            dimension["shard_size_chunks"] = shard;
        return dimension;
    }

    private static JsonObject Codec(Compression compression) => compression switch
    {
        Compression.Blosc blosc => new JsonObject
        {
            ["name"] = "blosc",
            ["cname"] = blosc.Compressor.ToString().ToLowerInvariant(),
            ["clevel"] = blosc.Level,
            ["shuffle"] = blosc.Shuffle.ToString().ToLowerInvariant(),
            ["blocksize"] = blosc.BlockSize,
        },
        Compression.Zstd zstd => new JsonObject { ["name"] = "zstd", ["level"] = zstd.Level },
        Compression.None => new JsonObject { ["name"] = "none" },
        _ => throw new NotSupportedException($"{compression} is not measured"),
    };
}
