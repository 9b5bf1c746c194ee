using System.Security.Cryptography;

namespace OmeZarr.Harness;

/// <summary>Everything below a folder, byte for byte: to see that nothing of it changed.</summary>
public sealed class FolderTree
{
    private const long Large = 64 << 20;
    private const int Looked = 1 << 20;

    private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    private FolderTree()
    {
    }

    /// <summary>Takes down all names, kinds, modes and contents. Links are not followed.</summary>
    public static FolderTree Of(string folder)
    {
        var tree = new FolderTree();
        if (Directory.Exists(folder))
            tree.Add(folder, "");
        return tree;
    }

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Paths that are in the folder, relative to it.</summary>
    public IEnumerable<string> Paths => _entries.Keys;

    /// <summary>What is there more, less or otherwise than before.</summary>
    public IEnumerable<string> ChangesSince(FolderTree before)
    {
        foreach (var (path, content) in _entries)
        {
            if (!before._entries.TryGetValue(path, out var old))
                yield return $"{path} is new";
            else if (old != content)
                yield return $"{path} has changed";
        }

        foreach (var path in before._entries.Keys.Where(path => !_entries.ContainsKey(path)))
            yield return $"{path} is gone";
    }

    /// <summary>Copies folders and files; there are no links in a dataset.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Join(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Join(to, Path.GetRelativePath(from, file)));
    }

    private void Add(string folder, string prefix)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            if (entry.LinkTarget is { } target)
            {
                _entries.Add(path, $"link {target}");
            }
            else if (entry is DirectoryInfo)
            {
                _entries.Add(path, $"folder {entry.UnixFileMode}");
                Add(entry.FullName, path + "/");
            }
            else
            {
                _entries.Add(path, $"file {entry.UnixFileMode} {Content((FileInfo)entry)}");
            }
        }
    }

    // Of a shard that is being written, which is mostly holes, the beginning, the end and when it was changed.
    private static string Content(FileInfo file)
    {
        if (file.Length <= Large)
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)));
        using var stream = file.OpenRead();
        var ends = new byte[2 * Looked];
        stream.ReadExactly(ends, 0, Looked);
        stream.Position = file.Length - Looked;
        stream.ReadExactly(ends, Looked, Looked);
        return $"{file.Length} {file.LastWriteTimeUtc.Ticks} {Convert.ToHexString(SHA256.HashData(ends))}";
    }
}
