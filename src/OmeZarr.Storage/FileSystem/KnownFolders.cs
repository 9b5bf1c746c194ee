using System.Collections.Concurrent;

namespace OmeZarr.Storage.FileSystem;

/// <summary>Makes the entries of folders durable, and remembers which folders' own entries are. Any thread.</summary>
internal sealed class KnownFolders
{
    /// <summary>
    /// Folders remembered at most; beyond, all are forgotten and flushed again (a lost memory costs time, nothing else).
    /// </summary>
    private const int MaxRemembered = 65536;

    // Their own entries in the folders above are known to be on the disk.
    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    // Folders whose entries changed when the dataset appeared: those above it.
    private IReadOnlyList<string>? _above;
    private volatile bool _wereAsked;

    /// <summary>Whether anything had to be durable by now.</summary>
    public bool WereAsked => _wereAsked;

    /// <summary>Makes the entries of a folder of the dataset durable, and the folder itself in those above it.</summary>
    public void Sync(Folder root, string folder)
    {
        using (var open = root.OpenBelow(folder))
            open.Sync();
        for (var inner = folder; inner.Length > 0 && !_durable.ContainsKey(inner);)
        {
            var outer = inner.LastIndexOf('/') is var slash and >= 0 ? inner[..slash] : "";
            using var above = root.OpenBelow(outer);
            above.Sync();
            if (_durable.Count >= MaxRemembered)
                _durable.Clear();
            _durable.TryAdd(inner, true);
            inner = outer;
        }

        SyncAbove();
    }

    /// <summary>Makes the dataset's own entry durable, and those of the folders that were made for it; once it stands.</summary>
    public void SyncAbove()
    {
        _wereAsked = true;
        if (Volatile.Read(ref _above) is not { } above)
            return;
        // NTFS journals its folders, and Windows cannot flush one.
        if (!OperatingSystem.IsWindows())
        {
            foreach (var folder in above)
                UnixCalls.SyncFolder(folder);
        }

        Volatile.Write(ref _above, null);
    }

    /// <summary>
    /// The dataset has appeared in a folder, for which others may have been made; flushed when something has to be durable.
    /// </summary>
    public void Appeared(IReadOnlyList<string> above) => Volatile.Write(ref _above, above);
}
