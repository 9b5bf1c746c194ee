namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Knows what <see cref="IWritableStore.Sync"/> has to flush, in bounded memory: where one call flushes a whole file system, only
/// whether there is anything; elsewhere the files' keys, of which the oldest is flushed when there are too many.
/// </summary>
internal sealed class UnsyncedFiles(FileSystemOptions options, KnownFolders folders)
{
    private readonly bool _wholeFileSystem = options.SyncWholeFileSystem && OperatingSystem.IsLinux();

    // Held while flushing, so that a second Sync does not return before the first has flushed what both were asked for.
    private readonly Lock _flushing = new();
    private readonly Lock _gate = new();
    private Queue<string> _keys = new();
    private bool _anything;

    /// <summary>Notes a file that is complete but not flushed; allocates nothing where nothing has to be remembered.</summary>
    public void Add(Folder root, ReadOnlySpan<char> key)
    {
        string? oldest = null;
        lock (_gate)
        {
            _anything = true;
            if (_wholeFileSystem)
                return;
            _keys.Enqueue(key.ToString());
            if (_keys.Count > options.MaxUnsyncedFiles)
                oldest = _keys.Dequeue();
        }

        if (oldest is not null)
            Flush(root, [oldest]);
    }

    /// <summary>Flushes everything noted before the call. What could not be flushed stays noted.</summary>
    public void Sync(Folder root)
    {
        lock (_flushing)
        {
            Queue<string> keys;
            lock (_gate)
            {
                if (!_anything)
                    return;
                (keys, _keys, _anything) = (_keys, new Queue<string>(), false);
            }

            var flushed = false;
            try
            {
                if (_wholeFileSystem)
                    root.TrySyncFileSystem();
                Flush(root, keys);
                flushed = true;
            }
            finally
            {
                if (!flushed)
                    GiveBack(keys);
            }
        }
    }

    private void GiveBack(Queue<string> keys)
    {
        lock (_gate)
        {
            foreach (var key in _keys)
                keys.Enqueue(key);
            (_keys, _anything) = (keys, true);
        }
    }

    private void Flush(Folder root, IReadOnlyCollection<string> keys)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var slash = key.LastIndexOf('/');
            var folder = slash < 0 ? "" : key[..slash];
            using var open = root.OpenBelow(folder);
            // Replaced or removed since: there is nothing of it to keep.
            if (open.StatusOf(key[(slash + 1)..])?.Kind == EntryKind.File)
            {
                using var file = open.Open(key[(slash + 1)..]);
                RandomAccess.FlushToDisk(file);
            }

            touched.Add(folder);
        }

        foreach (var folder in touched)
            folders.Sync(root, folder);
    }
}
