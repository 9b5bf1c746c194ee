using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>
/// What acquire-zarr 0.8.1 reached on one layout, in MB/s of pixels (medians, 1 GiB of frames as fast as they go), and the memory
/// it took for it. Null where it was not measured. It syncs every shard; <see cref="DiskUnsynced"/> is with that left out.
/// </summary>
internal sealed record PeerFigures
{
    public double? Disk { get; init; }

    public double? DiskUnsynced { get; init; }

    public double? MemoryDisk { get; init; }

    /// <summary>Peak resident memory over its input, in MiB: the middle of the range that was seen.</summary>
    public double? PeakMib { get; init; }

    public double? At(WorkPlace place) => place switch
    {
        { IsMemory: true } => MemoryDisk,
        { Sync: Sync.Never } => DiskUnsynced,
        _ => Disk,
    };
}

/// <summary>The limits of the machine on which acquire-zarr was measured: two cores of a virtual machine.</summary>
internal static class PeerMachine
{
    private const int Cores = 2;
    private const double SyncedWrite = 1650, CachedWrite = 4700;
    private const double Lz4 = 1560, BloscZstd = 495, Zstd = 325;

    /// <summary>The limit that decides for a regime, in MB/s: its codec on all cores, or for raw pixels the place's write speed.</summary>
    public static double LimitOf(Regime regime, WorkPlace place) => regime.Compression switch
    {
        Compression.Blosc { Compressor: BloscCompressor.Lz4 } => Cores * Lz4,
        Compression.Blosc => Cores * BloscZstd,
        Compression.Zstd => Cores * Zstd,
        _ => place.IsSynced ? SyncedWrite : CachedWrite,
    };
}
