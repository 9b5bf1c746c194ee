using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks;

/// <summary>What every row needs, and where it leaves its findings.</summary>
internal sealed class BenchmarkRun : IDisposable
{
    // Runs, the files they are compared with, and room to spare.
    private const int MemoryDiskStreams = 3;

    private readonly Action<string> _say;

    public BenchmarkRun(Options options, Results results, Action<string> say)
    {
        _say = say;
        Options = options;
        Results = results;
        var usual = options.Quick ? Effort.Quick : Effort.Full;
        Effort = usual with { Rounds = options.Rounds ?? usual.Rounds };
        Pools = new FramePools(options.Quick);
        Disk = new WorkFolder("disk", options.Disk);
        MemoryDisk = MakeMemoryDisk();
    }

    public Options Options { get; }

    public Effort Effort { get; }

    public Results Results { get; }

    public FramePools Pools { get; }

    public WorkFolder Disk { get; }

    /// <summary>Null when there is none, or it is too small.</summary>
    public WorkFolder? MemoryDisk { get; }

    /// <summary>The place with the least influence of its own.</summary>
    public WorkFolder QuietestPlace => MemoryDisk ?? Disk;

    /// <summary>Tells whoever waits what is being measured.</summary>
    public void Say(string text) => _say(text);

    /// <summary>Makes free memory available just before a timed run.</summary>
    /// <param name="folder">Where the run will write.</param>
    /// <param name="bytes">What it will write at most, when that is more than usual.</param>
    public void Warm(WorkFolder folder, long bytes = 0) =>
        _ = folder.WriteSpeed(Math.Max(Effort.WarmBytes, bytes), synced: false);

    public void Dispose()
    {
        Pools.Dispose();
        Disk.Dispose();
        MemoryDisk?.Dispose();
    }

    private WorkFolder? MakeMemoryDisk()
    {
        var needed = Math.Max(Effort.WarmBytes, Effort.StreamBytes * MemoryDiskStreams);
        if (Options.MemoryDisk is null)
            Results.Skipped.Add("everything on a disk in memory: there is none");
        else if (new DriveInfo(Options.MemoryDisk).AvailableFreeSpace < needed)
            Results.Skipped.Add($"everything on {Options.MemoryDisk}: less than {needed >> 20} MiB are free there");
        else
            return new WorkFolder("memory disk", Options.MemoryDisk);
        return null;
    }
}
