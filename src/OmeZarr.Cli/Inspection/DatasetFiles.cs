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

    /// <summary>Walks through a dataset; links are not followed.</summary>
    public static DatasetFiles Of(IDatasetSource source, CancellationToken cancel)
    {
        var files = new DatasetFiles();
        files.Add(source, "", "", cancel);
        return files;
    }

    /// <summary>Data files of an array, and their bytes; documents are not counted.</summary>
    public (long Files, long Bytes) DataOf(string array) => _byNode.GetValueOrDefault(array);

    private void Add(IDatasetSource source, string path, string node, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (source.Has(SourceKey.Below(path, ArrayMetadata.Key)))
            node = path;
        var (files, bytes) = (0L, 0L);
        foreach (var entry in source.Below(path))
        {
            if (entry.Kind == SourceEntryKind.Link)
                continue;
            if (entry.Kind == SourceEntryKind.Folder)
            {
                Add(source, SourceKey.Below(path, entry.Name), node, cancel);
                continue;
            }

            Files++;
            Bytes += entry.Bytes;
            if (entry.Name == ArrayMetadata.Key || entry.Name.StartsWith('.'))
                continue;
            files++;
            bytes += entry.Bytes;
        }

        if (files > 0)
        {
            var before = _byNode.GetValueOrDefault(node);
            _byNode[node] = (before.Files + files, before.Bytes + bytes);
        }
    }
}
