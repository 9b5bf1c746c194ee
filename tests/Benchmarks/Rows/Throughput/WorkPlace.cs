using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Limits;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>Where a stream is written, and when it is synced.</summary>
internal sealed record WorkPlace(WorkFolder Folder, bool IsMemory, Sync Sync)
{
    /// <summary>Whether files reach a device: a disk in memory has none.</summary>
    public bool IsSynced => !IsMemory && Sync != Sync.Never;

    public string Name => IsMemory ? Folder.Name : $"{Folder.Name}, fsync {Sync.ToString().ToLowerInvariant()}";

    /// <summary>All places, or with the quick look two of them.</summary>
    public static IReadOnlyList<WorkPlace> All(BenchmarkRun run)
    {
        var places = new List<WorkPlace>();
        if (run.MemoryDisk is { } memory)
            places.Add(new WorkPlace(memory, true, Sync.Never));
        places.Add(new WorkPlace(run.Disk, false, Sync.Flush));
        if (!run.Options.Quick)
        {
            places.Add(new WorkPlace(run.Disk, false, Sync.Finalize));
            places.Add(new WorkPlace(run.Disk, false, Sync.Never));
        }

        return places;
    }
}
