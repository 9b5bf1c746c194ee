namespace OmeZarr.Cli.Tests;

/// <summary>A folder of a test's own, deleted afterwards; in memory where the system has a place for it.</summary>
internal sealed class Scratch : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    public string Folder { get; } = Directory.Exists(SharedMemory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(SharedMemory, $"omezarr-cli-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("omezarr-cli-").FullName;

    public string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Folder, .. parts]);

    /// <summary>Writes a file, with the folders that it lies in.</summary>
    public string File(string name, ReadOnlySpan<byte> content)
    {
        var path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
