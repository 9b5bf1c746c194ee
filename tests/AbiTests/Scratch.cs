namespace AbiTests;

/// <summary>A folder of a test's own, deleted afterwards; in memory where the system has a place for it.</summary>
internal sealed class Scratch : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    public string Folder { get; } = Directory.Exists(SharedMemory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(SharedMemory, $"omezarr-abi-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("omezarr-abi-").FullName;

    public string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Folder, .. parts]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
