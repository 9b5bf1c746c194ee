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
    private const int ChunkWidth = 512;

    /// <summary>Byte shuffle of cameras' frames is where noise is known: lz4, zstd at level 1, zstd above.</summary>
    private const double Lz4Speed = 2, Lz4Size = 0.96, ZstdSpeed = 1.7, HigherZstdSpeed = 4, ZstdSize = 0.99;

    /// <summary>Everything else, and c-blosc's own choices.</summary>
    private const double OtherSpeed = 0.98, OtherSize = 0.97, ExactSpeed = 1, ExactSize = 0.98;

    /// <summary>With a crc32c of each chunk.</summary>
    private const double ChecksumTime = 1.03;

    private static readonly Compression.Blosc[] Modes =
    [
        Codecs.Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Bit),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Bit),
        Codecs.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Zstd, 3, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Bit),
    ];

    private static readonly Compression.Blosc[] ModesOfKinds =
    [
        Codecs.Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Bit),
        Codecs.Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Byte),
        Codecs.Blosc(BloscCompressor.Zstd, 3, BloscShuffle.Byte),
    ];

    public int Number => 8;

    public string Title => "Blosc encoder";

    public void Measure(BenchmarkRun run)
    {
        using (var chunks = new ChunkSet(run.Pools[Layouts.LargeFrames.Frame], Layouts.LargeFrames, ChunkSetBytes))
        {
            foreach (var mode in Modes)
            {
                Compare(run, chunks, "frames", DataType.UInt16, mode with { Effort = BloscEffort.Exact });
                Compare(run, chunks, "frames", DataType.UInt16, mode);
            }

            CompareChecksums(run, chunks);
        }

        foreach (var kind in PixelKind.All)
        {
            using var chunks = new ChunkSet(kind, ChunkWidth, ChunkSetBytes);
            foreach (var mode in ModesOfKinds)
                Compare(run, chunks, kind.Name, kind.Type, mode);
        }
    }

    private static void CompareChecksums(BenchmarkRun run, ChunkSet chunks)
    {
        foreach (var mode in new[] { Codecs.Raw, Codecs.Lz4, Codecs.BloscZstd })
        {
            var codec = new Regime(Layouts.LargeFrames, mode).CodecName;
            var name = $"{codec}, frames, chunks of {chunks.ChunkBytes >> 10} KiB, crc32c";
            if (!run.Options.Only.IsMatch(name))
                continue;
            using var without = new ChunkCodec(mode, checksum: false, DataType.UInt16).CreateEncoder(chunks.ChunkBytes);
            using var with = new ChunkCodec(mode, checksum: true, DataType.UInt16).CreateEncoder(chunks.ChunkBytes);
            var races = Enumerable.Range(0, run.Effort.Rounds + 1)
                .Select(_ => CodecRace.Run(without, with, chunks, run.Effort.CodecSeconds)).Skip(1).ToArray();
            var finding = new Finding
            {
                Row = 8,
                Name = name,
                Quantity = "speed without the checksum",
                Unit = "MB/s",
                Measured = Spread.Of(races.Select(race => race.First.MegabytesPerSecond)),
                Against = $"with it, {Figures.Spread(Spread.Of(races.Select(race => race.Second.MegabytesPerSecond)), "MB/s")}",
                Ratio = Spread.Of(races.Select(race => race.First.MegabytesPerSecond / race.Second.MegabytesPerSecond)),
                Budget = Budget.AtMost(ChecksumTime),
            };
            run.Results.Findings.Add(finding);
            run.Say($"{name}: {finding.Ratio.Median:0.000} of the time without it");
        }
    }

    private static void Compare(BenchmarkRun run, ChunkSet chunks, string kind, DataType type, Compression.Blosc mode)
    {
        var effort = mode.Effort == BloscEffort.Exact ? ", exact" : "";
        var name = $"{new Regime(Layouts.LargeFrames, mode).CodecName}{effort}, {kind}, chunks of {chunks.ChunkBytes >> 10} KiB";
        if (!run.Options.Only.IsMatch(name))
            return;
        List<CodecSpeed> ours = [], theirs = [];
        using var encoder = new ChunkCodec(mode, checksum: false, type).CreateEncoder(chunks.ChunkBytes);
        using var reference = ReferenceEncoders.For(mode, chunks.PixelBytes);

        // The first pair only warms up.
        for (var round = -1; round < run.Effort.Rounds; round++)
        {
            var (our, their) = CodecRace.Run(encoder, reference, chunks, run.Effort.CodecSeconds);
            if (round < 0)
                continue;
            ours.Add(our);
            theirs.Add(their);
        }

        var (speed, size) = Least(kind, mode);
        var fast = Line(name, "speed", "MB/s", ours, theirs, speed => speed.MegabytesPerSecond, speed);
        var small = Line(name, "compression", "times smaller", ours, theirs, speed => speed.Ratio, size);
        run.Results.Findings.AddRange([fast, small]);
        run.Say($"{name}: {fast.Measured.Median:0} MB/s, {fast.Ratio.Median:0.00} of c-blosc's speed; "
            + $"{small.Measured.Median:0.000} times smaller, {small.Ratio.Median:0.000} of c-blosc's compression");
    }

    private static (double Speed, double Size) Least(string kind, Compression.Blosc mode)
    {
        if (mode.Effort == BloscEffort.Exact)
            return (ExactSpeed, ExactSize);
        if (kind != "frames" || mode.Shuffle != BloscShuffle.Byte)
            return (OtherSpeed, OtherSize);
        if (mode.Compressor == BloscCompressor.Lz4)
            return (Lz4Speed, Lz4Size);
        return (mode.Level == 1 ? ZstdSpeed : HigherZstdSpeed, ZstdSize);
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
