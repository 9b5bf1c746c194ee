namespace OmeZarr.Storage.Tests;

/// <summary>A folder of its own for a test, deleted afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    private readonly DirectoryInfo _folder;

    public TemporaryFolder() => _folder = Directory.CreateTempSubdirectory("omezarr-");

    private TemporaryFolder(string parent) =>
        _folder = Directory.CreateDirectory(System.IO.Path.Join(parent, $"omezarr-{Guid.NewGuid():N}"));

    public string Path => _folder.FullName;

    /// <summary>One on the system's disk in memory where there is one.</summary>
    public static TemporaryFolder InMemory() =>
        Directory.Exists(MemoryDisk) ? new TemporaryFolder(MemoryDisk) : new TemporaryFolder();

    /// <summary>A path in it.</summary>
    public string At(params string[] parts) => System.IO.Path.Join([Path, .. parts]);

    /// <summary>All paths below it, relative with '/', sorted.</summary>
    public string[] Everything() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path, "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(p => System.IO.Path.GetRelativePath(Path, p).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _folder.Delete(recursive: true);
}
