namespace OmeZarr.Harness;

/// <summary>A folder for one run of a harness; what failed is left in it.</summary>
public sealed class Workplace : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    private bool _keeps;

    /// <param name="given">Where to make it; empty for memory, where the system has a place for that.</param>
    public Workplace(string given)
    {
        var parent = given.Length > 0 ? given : Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        Folder = Path.Join(Path.GetFullPath(parent), $"omezarr-harness-{Environment.ProcessId}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    /// <summary>A folder of its own.</summary>
    public string Make(string name) => Directory.CreateDirectory(Path.Join(Folder, name)).FullName;

    /// <summary>Leaves a folder for people to look at.</summary>
    public void Keep() => _keeps = true;

    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    public void Dispose()
    {
        if (!_keeps)
            Remove(Folder);
    }
}
