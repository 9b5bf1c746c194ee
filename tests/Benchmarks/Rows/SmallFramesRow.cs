using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>Row 5: many small frames, and many small tiles.</summary>
internal sealed class SmallFramesRow : IRow
{
    private const double CameraFramesPerSecond = 5000;
    private const long ChunkSetBytes = 16 << 20;

    private static readonly Compression[] Compressions = [Codecs.Raw, Codecs.Lz4];

    public int Number => 5;

    public string Title => "small frames and small tiles";

    public void Measure(BenchmarkRun run)
    {
        foreach (var compression in Compressions)
        {
            var places = run.MemoryDisk is { } memory ? new[] { memory, run.Disk } : [run.Disk];
            foreach (var folder in places)
                run.Results.Findings.Add(FastCamera(run, new Regime(Layouts.FastCamera, compression), folder));
            run.Results.Findings.Add(ManyTiles(run, compression));
        }
    }

    private static Finding FastCamera(BenchmarkRun run, Regime regime, WorkFolder folder)
    {
        run.Say($"{regime.Name}, {folder.Name}");
        var pool = run.Pools[regime.Layout.Frame];
        var speeds = Enumerable.Range(0, run.Effort.Rounds).Select(_ =>
        {
            run.Warm(folder);
            return LibraryLayer.Speed(regime, pool, folder, Sync.Finalize, run.Effort.StreamBytes).FramesPerSecond;
        }).ToArray();
        return new Finding
        {
            Row = 5,
            Note = regime.IsRaw ? null : CodecLimit(run, regime),
            Name = $"{regime.Name}; {folder.Name}",
            Quantity = "frames as fast as they go",
            Unit = "frames/s",
            Measured = Spread.Of(speeds),
            Against = $"a camera of {CameraFramesPerSecond:0} frames/s",
            Ratio = Spread.Of(speeds.Select(speed => speed / CameraFramesPerSecond)),
            Budget = Budget.AtLeast(1),
        };
    }

    private static string CodecLimit(BenchmarkRun run, Regime regime)
    {
        using var chunks = new ChunkSet(run.Pools[regime.Layout.Frame], regime.Layout, ChunkSetBytes);
        using var encoder = ReferenceEncoders.For(regime.Compression, chunks.PixelBytes);
        var speed = CodecSpeed.Measure(encoder, chunks, run.Effort.CodecSeconds);
        var frames = speed.MegabytesPerSecond * 1e6 / regime.Layout.Frame.Bytes;
        return $"c-blosc alone encodes {frames:0} of these frames/s on one thread, {frames * Environment.ProcessorCount:0} on "
            + $"all cores";
    }

    private static Finding ManyTiles(BenchmarkRun run, Compression compression)
    {
        Regime many = new(Layouts.LargeFramesInManyTiles, compression), few = new(Layouts.LargeFrames, compression);
        run.Say(many.Name);
        var pool = run.Pools[many.Layout.Frame];
        var folder = run.QuietestPlace;
        var pairs = Enumerable.Range(0, run.Effort.Rounds).Select(_ =>
        {
            run.Warm(folder);
            var large = LibraryLayer.Speed(few, pool, folder, Sync.Never, run.Effort.StreamBytes).MegabytesPerSecond;
            run.Warm(folder);
            return (Large: large,
                Small: LibraryLayer.Speed(many, pool, folder, Sync.Never, run.Effort.StreamBytes).MegabytesPerSecond);
        }).ToArray();
        return new Finding
        {
            Row = 5,
            Name = $"{many.Name}; {folder.Name}",
            Quantity = "throughput",
            Unit = "MB/s",
            Measured = Spread.Of(pairs.Select(pair => pair.Small)),
            Against = $"the same in tiles of 512x512, {Spread.Of(pairs.Select(pair => pair.Large)).Median:0} MB/s",
            Ratio = Spread.Of(pairs.Select(pair => pair.Small / pair.Large)),
            Budget = Budget.AtLeast(0.7),
        };
    }
}
