using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Cli.Inspection;

/// <summary>A dataset in a folder.</summary>
internal sealed class DatasetFolder(string folder) : IDatasetSource
{
    public string Path => folder;

    public IReadableStore Open() => new FileSystemStore(folder);

    public IEnumerable<SourceEntry> Below(string key) => new DirectoryInfo(System.IO.Path.Join(folder, key))
        .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 })
        .Select(entry => entry.LinkTarget is not null ? new SourceEntry(entry.Name, SourceEntryKind.Link, 0)
            : entry is FileInfo file ? new SourceEntry(entry.Name, SourceEntryKind.File, file.Length)
            : new SourceEntry(entry.Name, SourceEntryKind.Folder, 0));

    public bool Has(string key) => File.Exists(System.IO.Path.Join(folder, key));

    public double Bytes(CancellationToken cancel)
    {
        double bytes = 0;
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", all))
        {
            cancel.ThrowIfCancellationRequested();
            bytes += file.Length;
        }

        return bytes;
    }

    public void Dispose()
    {
    }
}
