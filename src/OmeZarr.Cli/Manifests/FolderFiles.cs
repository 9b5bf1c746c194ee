namespace OmeZarr.Cli.Manifests;

/// <summary>A file below a folder.</summary>
/// <param name="Key">Its path below the folder, with '/' between the parts.</param>
/// <param name="Path">Where it is.</param>
/// <param name="IsPlain">Whether it is a file; otherwise a link, or something else that has no content of its own.</param>
internal sealed record FolderFile(string Key, string Path, bool IsPlain);

/// <summary>Everything below a folder in a fixed order: by name, a folder's content where the folder's name stands.</summary>
internal static class FolderFiles
{
    /// <summary>The files, found while they are enumerated; memory grows with the largest folder only.</summary>
    public static IEnumerable<FolderFile> Below(string folder, CancellationToken cancel) => Below(folder, "", cancel);

    private static IEnumerable<FolderFile> Below(string folder, string prefix, CancellationToken cancel)
    {
        foreach (var entry in Entries(folder))
        {
            cancel.ThrowIfCancellationRequested();
            var key = prefix + entry.Name;
            if (entry.LinkTarget is not null || (entry.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) != 0)
                yield return new FolderFile(key, entry.FullName, IsPlain: false);
            else if (entry is FileInfo)
                yield return new FolderFile(key, entry.FullName, IsPlain: true);
            else
            {
                foreach (var file in Below(entry.FullName, key + "/", cancel))
                    yield return file;
            }
        }
    }

    private static FileSystemInfo[] Entries(string folder)
    {
        var all = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        var entries = new DirectoryInfo(folder).GetFileSystemInfos("*", all);
        Array.Sort(entries, (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return entries;
    }
}
