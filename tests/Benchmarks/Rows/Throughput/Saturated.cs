using OmeZarr.Benchmarks.Acquisitions;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>A regime that acquire-zarr was measured in, with its figures.</summary>
internal sealed record Saturated(Regime Regime, PeerFigures Peer)
{
    public static IReadOnlyList<Saturated> All { get; } =
    [
        new(new Regime(Layouts.LargeFrames, Codecs.Raw),
            new PeerFigures { Disk = 569, DiskUnsynced = 1485, MemoryDisk = 940, PeakMib = 605 }),
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), new PeerFigures { Disk = 740, MemoryDisk = 800, PeakMib = 880 }),
        new(new Regime(Layouts.LargeFrames, Codecs.BloscZstd), new PeerFigures { Disk = 466, MemoryDisk = 488, PeakMib = 1080 }),
        new(new Regime(Layouts.LargeFrames, Codecs.Zstd), new PeerFigures { Disk = 369, MemoryDisk = 397, PeakMib = 1140 }),
        new(new Regime(Layouts.MediumFrames, Codecs.Raw), new PeerFigures { Disk = 935, PeakMib = 875 }),
        new(new Regime(Layouts.MediumFramesUnsharded, Codecs.Raw), new PeerFigures { Disk = 806, PeakMib = 875 }),
        new(new Regime(Layouts.MediumFrames, Codecs.Lz4), new PeerFigures { Disk = 598, PeakMib = 880 }),
    ];
}
