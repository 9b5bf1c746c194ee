using System.Diagnostics;
using OmeZarr.Memory;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>
/// A folder of this program's own on a disk or a disk in memory, where datasets are written. Removed when disposed.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private const int BlockBytes = 4 << 20;
    private const string Prefix = "omezarr-benchmark-";

    private readonly NativeBuffer _block = new(BlockBytes);

    /// <param name="name">What the report calls the place.</param>
    /// <param name="parent">An existing or new folder.</param>
    public WorkFolder(string name, string parent)
    {
        Name = name;
        RemoveLeftovers(parent);
        Folder = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}");
        Directory.CreateDirectory(Folder);
        _block.Span(BlockBytes).Fill(1);
    }

    public string Name { get; }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Where a run's dataset goes.</summary>
    public string Dataset => Path.Combine(Folder, "run.ome.zarr");

    public void RemoveDataset()
    {
        if (Directory.Exists(Dataset))
            Directory.Delete(Dataset, recursive: true);
    }

    /// <summary>
    /// Writes a file in blocks of 4 MiB and deletes it; MB/s. Also what brings a virtual machine's memory back before a timed
    /// run: after idle seconds it has none free, and each new page of the page cache costs ten times as much.
    /// </summary>
    /// <param name="bytes">Size of the file.</param>
    /// <param name="synced">Whether the time includes an fsync.</param>
    public double WriteSpeed(long bytes, bool synced)
    {
        var path = Path.Combine(Folder, "limit");
        var started = Stopwatch.GetTimestamp();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (long offset = 0; offset < bytes; offset += BlockBytes)
                RandomAccess.Write(file, _block.Span((int)Math.Min(BlockBytes, bytes - offset)), offset);
            if (synced)
                RandomAccess.FlushToDisk(file);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        File.Delete(path);
        return bytes / seconds / 1e6;
    }

    public void Dispose()
    {
        _block.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    // What a killed run left behind may fill a disk in memory.
    private static void RemoveLeftovers(string parent)
    {
        if (!Directory.Exists(parent))
            return;
        var running = Process.GetProcesses().Select(process => process.Id).ToHashSet();
        foreach (var folder in Directory.EnumerateDirectories(parent, $"{Prefix}*"))
        {
            if (int.TryParse(Path.GetFileName(folder)[Prefix.Length..], out var owner) && !running.Contains(owner))
                Directory.Delete(folder, recursive: true);
        }
    }
}
