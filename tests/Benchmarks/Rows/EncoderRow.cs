using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Report;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>Row 8: the encoder of this project (JIT-compiled) and c-blosc, chunk for chunk on one thread.</summary>
internal sealed class EncoderRow : IRow
{
    private const long ChunkSetBytes = 16 << 20;

    private static readonly Compression.Blosc[] Modes =
    [
        Codecs.Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Bit),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Bit),
        Codecs.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Bit),
    ];

    public int Number => 8;

    public string Title => "Blosc encoder";

    public void Measure(BenchmarkRun run)
    {
        using var chunks = new ChunkSet(run.Pools[Layouts.LargeFrames.Frame], Layouts.LargeFrames, ChunkSetBytes);
        foreach (var mode in Modes)
        {
            run.Say(new Regime(Layouts.LargeFrames, mode).CodecName);
            Compare(run, chunks, mode);
        }
    }

    private static void Compare(BenchmarkRun run, ChunkSet chunks, Compression.Blosc mode)
    {
        List<CodecSpeed> ours = [], theirs = [];
        using var encoder = new ChunkCodec(mode, checksum: false, DataType.UInt16).CreateEncoder(chunks.ChunkBytes);
        using var reference = ReferenceEncoders.For(mode, chunks.PixelBytes);

        // The first pair only warms up.
        for (var round = -1; round < run.Effort.Rounds; round++)
        {
            var our = CodecSpeed.Measure(encoder, chunks, run.Effort.CodecSeconds);
            var their = CodecSpeed.Measure(reference, chunks, run.Effort.CodecSeconds);
            if (round < 0)
                continue;
            ours.Add(our);
            theirs.Add(their);
        }

        var name = $"{new Regime(Layouts.LargeFrames, mode).CodecName}, chunks of {chunks.ChunkBytes >> 10} KiB";
        run.Results.Findings.Add(Line(name, "speed", "MB/s", ours, theirs, speed => speed.MegabytesPerSecond, 1));
        run.Results.Findings.Add(Line(name, "compression", "times smaller", ours, theirs, speed => speed.Ratio, 0.98));
    }

    private static Finding Line(
        string name,
        string quantity,
        string unit,
        List<CodecSpeed> ours,
        List<CodecSpeed> theirs,
        Func<CodecSpeed, double> value,
        double atLeast) => new()
        {
            Row = 8,
            Name = name,
            Quantity = quantity,
            Unit = unit,
            Measured = Spread.Of(ours.Select(value)),
            Against = $"c-blosc, {Figures.Spread(Spread.Of(theirs.Select(value)), unit)}",
            Ratio = Spread.Of(ours.Zip(theirs, (our, their) => value(our) / value(their))),
            Budget = Budget.AtLeast(atLeast),
        };
}
