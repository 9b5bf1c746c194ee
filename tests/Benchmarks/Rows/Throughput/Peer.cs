using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Zarr.Chunks;

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
    private const double Lz4Ratio = 1.96, BloscZstdRatio = 2.6, ZstdRatio = 2.0;

    /// <summary>
    /// The speed in MB/s of pixels at which all cores encode without ever waiting, and what comes out is then written as
    /// fast as a plain file.
    /// </summary>
    public static double LimitOf(Regime regime, WorkPlace place)
    {
        var write = place.IsSynced ? SyncedWrite : CachedWrite;
        return regime.Compression switch
        {
            Compression.Blosc { Compressor: BloscCompressor.Lz4 } => LimitOf(Cores, Lz4, Lz4Ratio, write),
            Compression.Blosc => LimitOf(Cores, BloscZstd, BloscZstdRatio, write),
            Compression.Zstd => LimitOf(Cores, Zstd, ZstdRatio, write),
            _ => write,
        };
    }

    /// <summary>
    /// The same for any machine: its cores, one thread of the codec, how many times smaller its output is, and plain files.
    /// </summary>
    public static double LimitOf(int cores, double codec, double ratio, double write) =>
        1 / (1 / (cores * codec) + 1 / (ratio * write));
}
