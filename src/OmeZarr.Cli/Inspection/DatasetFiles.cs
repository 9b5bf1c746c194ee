using OmeZarr.Zarr;

namespace OmeZarr.Cli.Inspection;

/// <summary>Files and bytes below the nodes of a dataset, counted in one walk.</summary>
internal sealed class DatasetFiles
{
    private readonly Dictionary<string, (long Files, long Bytes)> _byNode = new(StringComparer.Ordinal);

    private DatasetFiles()
    {
    }

    public long Files { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Walks through a folder; links are not followed.</summary>
    public static DatasetFiles Of(string folder, CancellationToken cancel)
    {
        var files = new DatasetFiles();
        files.Add(new DirectoryInfo(folder), "", "", cancel);
        return files;
    }

    /// <summary>Data files of an array, and their bytes; documents are not counted.</summary>
    public (long Files, long Bytes) DataOf(string array) => _byNode.GetValueOrDefault(array);

    private void Add(DirectoryInfo folder, string path, string node, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (File.Exists(Path.Join(folder.FullName, ArrayMetadata.Key)))
            node = path;
        var (files, bytes) = (0L, 0L);
        foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            if (entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo below)
            {
                Add(below, path.Length == 0 ? below.Name : $"{path}/{below.Name}", node, cancel);
                continue;
            }

            var length = ((FileInfo)entry).Length;
            Files++;
            Bytes += length;
            if (entry.Name == ArrayMetadata.Key || entry.Name.StartsWith('.'))
                continue;
            files++;
            bytes += length;
        }

        if (files > 0)
        {
            var before = _byNode.GetValueOrDefault(node);
            _byNode[node] = (before.Files + files, before.Bytes + bytes);
        }
    }
}
