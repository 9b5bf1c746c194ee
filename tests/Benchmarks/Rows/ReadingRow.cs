using System.Diagnostics;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;
using OmeZarr.Memory;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>
/// Row 13: reading. A large region, against what all processors decode, or copy, when nothing else is done; and one tile of a
/// dataset that is opened for it. The files are in the page cache.
/// </summary>
internal sealed class ReadingRow : IRow
{
    private const int Frames = 32;
    private const int Tile = 512;
    private const int Tiles = 20;

    /// <summary>Of all processors' decoding.</summary>
    private const double Least = 0.9;

    /// <summary>For a tile, in milliseconds.</summary>
    private const double MostMs = 3;

    public int Number => 13;

    public string Title => "reading";

    public void Measure(BenchmarkRun run)
    {
        foreach (var codec in new[] { Codecs.Raw, Codecs.Lz4, Codecs.BloscZstd })
        {
            var regime = new Regime(Layouts.LargeFrames, codec);
            run.Say(regime.CodecName);
            var pool = run.Pools[regime.Layout.Frame];
            Write(regime, pool, run.QuietestPlace);
            run.Results.Findings.Add(Region(run, regime, pool));
            run.Results.Findings.Add(TileOf(run, regime));
            run.QuietestPlace.RemoveDataset();
        }
    }

    private static unsafe void Write(Regime regime, FramePool pool, WorkFolder folder)
    {
        using var stream = NativeStream.Create(SettingsDocument.Of(regime, folder.Dataset, Sync.Never));
        for (var frame = 0; frame < Frames; frame++)
            stream.Append(pool[frame], pool.Shape.Bytes);
        stream.Finish();
    }

    private static Finding Region(BenchmarkRun run, Regime regime, FramePool pool)
    {
        var bytes = Frames * pool.Shape.Bytes;
        // Page by page before the first round, which only warms up.
        using var memory = new NativeBuffer(bytes);
        List<double> speeds = [], limits = [];
        for (var round = -1; round < run.Effort.Rounds; round++)
        {
            var speed = bytes / SecondsToRead(run.QuietestPlace.Dataset, pool.Shape, memory, bytes) / 1e6;
            var limit = Environment.ProcessorCount * DecodingSpeed(regime, pool, run.Effort.CodecSeconds);
            if (round < 0)
                continue;
            speeds.Add(speed);
            limits.Add(limit);
        }

        return new Finding
        {
            Row = 13,
            Name = $"{regime.Name}; {run.QuietestPlace.Name}",
            Quantity = $"reading {Frames} frames at once",
            Unit = "MB/s",
            Measured = Spread.Of(speeds),
            Against = $"{Environment.ProcessorCount} x one thread's decoder, {Figures(limits)}",
            Ratio = Spread.Of(speeds.Zip(limits, (speed, limit) => speed / limit)),
            Budget = Budget.AtLeast(Least),
        };
    }

    private static unsafe double SecondsToRead(string path, FrameShape shape, NativeBuffer memory, long bytes)
    {
        using var dataset = new NativeDataset(path);
        var watch = Stopwatch.StartNew();
        dataset.Read([0, 0, 0], [Frames, shape.Height, shape.Width], memory.Pointer, bytes);
        return watch.Elapsed.TotalSeconds;
    }

    private static unsafe Finding TileOf(BenchmarkRun run, Regime regime)
    {
        var times = new List<double>();
        using var memory = new NativeBuffer(Tile * Tile * sizeof(ushort));
        for (var tile = 0; tile < Tiles; tile++)
        {
            var watch = Stopwatch.StartNew();
            using (var dataset = new NativeDataset(run.QuietestPlace.Dataset))
                dataset.Read([tile, Tile, Tile], [1, Tile, Tile], memory.Pointer, memory.Length);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return new Finding
        {
            Row = 13,
            Name = $"{regime.Name}; {run.QuietestPlace.Name}",
            Quantity = $"opening the dataset, one tile of {Tile} x {Tile}, closing",
            Unit = "ms",
            Measured = Spread.Of(times),
            Against = $"{MostMs:0} ms",
            Ratio = Spread.Of(times.Select(time => time / MostMs)),
            Budget = Budget.AtMost(1),
        };
    }

    /// <summary>In MB/s of pixels, on one thread, chunk after chunk into the same memory.</summary>
    private static double DecodingSpeed(Regime regime, FramePool pool, double seconds)
    {
        using var chunks = new ChunkSet(pool, regime.Layout, 16 << 20);
        var codec = new ChunkCodec(regime.Compression, checksum: false, DataType.UInt16);
        using var encoder = codec.CreateEncoder(chunks.ChunkBytes);
        using var decoder = codec.CreateDecoder(chunks.ChunkBytes);
        var encoded = new List<byte[]>();
        var room = new byte[codec.MaxEncodedBytes(chunks.ChunkBytes)];
        for (var i = 0; i < chunks.Count; i++)
            encoded.Add(room[..encoder.Encode(chunks.Span(i), room)]);
        var chunk = new byte[chunks.ChunkBytes];
        var watch = Stopwatch.StartNew();
        long bytes = 0;
        for (; watch.Elapsed.TotalSeconds < seconds; bytes += (long)encoded.Count * chunk.Length)
        {
            foreach (var one in encoded)
                decoder.Decode(one, chunk);
        }

        return bytes / watch.Elapsed.TotalSeconds / 1e6;
    }

    private static string Figures(List<double> speeds) => $"{Spread.Of(speeds).Median:0} MB/s";
}
