using System.Collections.Concurrent;

namespace OmeZarr.Storage;

/// <summary>
/// Makes the folders that objects lie in, each once, and remembers which are durable. Any thread.
/// </summary>
internal sealed class KnownFolders(string root)
{
    /// <summary>Folders remembered at most; beyond, all are forgotten and found again (a lost memory costs time, nothing else).</summary>
    private const int MaxRemembered = 65536;

    // True: the folder's own entry in its parent is known to be on the disk.
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);

    // The uppermost folder that was made together with the root and is not durable yet.
    private string? _madeWithRoot;

    /// <summary>Makes the folder and those above it, below the root. A symbolic link in their place is refused.</summary>
    public void Ensure(ReadOnlySpan<char> folder)
    {
        if (folder.Length > root.Length && !_folders.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(folder))
            Make(folder.ToString());
    }

    /// <summary>Makes the entries of a folder durable, and the folder itself in those above it that were made for it.</summary>
    public void Sync(string folder)
    {
        // NTFS journals its folders, and Windows cannot flush one.
        if (OperatingSystem.IsWindows())
            return;
        UnixCalls.SyncFolder(folder);
        for (string inner = folder; inner.Length > root.Length && !IsDurable(inner); inner = Path.GetDirectoryName(inner)!)
        {
            UnixCalls.SyncFolder(Path.GetDirectoryName(inner)!);
            _folders[inner] = true;
        }

        SyncRoot();
    }

    /// <summary>Forgets everything, because the root has just been made, and with it the folders down from this one.</summary>
    public void RootMade(string uppermost)
    {
        _folders.Clear();
        Volatile.Write(ref _madeWithRoot, uppermost);
    }

    /// <summary>Forgets everything, because the folders have been removed again.</summary>
    public void Clear() => _folders.Clear();

    private void Make(string folder)
    {
        Ensure(Path.GetDirectoryName(folder)!);
        DirectoryInfo info = Directory.CreateDirectory(folder);
        if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            throw new StoreException(StoreErrorKind.AccessDenied, $"{folder} is a symbolic link; nothing is written through one.");
        if (_folders.Count >= MaxRemembered)
            _folders.Clear();
        _folders.TryAdd(folder, false);
    }

    private void SyncRoot()
    {
        if (Volatile.Read(ref _madeWithRoot) is not { } uppermost)
            return;
        for (string? made = root; made is not null && made.Length >= uppermost.Length; made = Path.GetDirectoryName(made))
        {
            if (Path.GetDirectoryName(made) is { } parent && !OperatingSystem.IsWindows())
                UnixCalls.SyncFolder(parent);
        }

        Volatile.Write(ref _madeWithRoot, null);
    }

    private bool IsDurable(string folder) => _folders.TryGetValue(folder, out bool durable) && durable;
}
