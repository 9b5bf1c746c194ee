using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage;

/// <summary>
/// Knows what <see cref="IStore.Sync"/> has to flush, in bounded memory: where one call flushes a whole file system, only
/// whether there is anything; elsewhere the files' paths, of which the oldest is flushed when there are too many.
/// </summary>
internal sealed class UnsyncedFiles(FileSystemOptions options, string root, KnownFolders folders)
{
    private readonly bool _wholeFileSystem = options.SyncWholeFileSystem && OperatingSystem.IsLinux();

    // Held while flushing, so that a second Sync does not return before the first has flushed what both were asked for.
    private readonly Lock _flushing = new();
    private readonly Lock _gate = new();
    private Queue<string> _paths = new();
    private bool _anything;

    /// <summary>Notes a file that is complete but not flushed.</summary>
    public void Add(string path) => Add(Path.GetDirectoryName(path.AsSpan()), Path.GetFileName(path.AsSpan()));

    /// <summary>The same by folder and name; allocates nothing where nothing has to be remembered.</summary>
    public void Add(ReadOnlySpan<char> folder, ReadOnlySpan<char> name)
    {
        string? oldest = null;
        lock (_gate)
        {
            _anything = true;
            if (_wholeFileSystem)
                return;
            _paths.Enqueue(Path.Join(folder, name));
            if (_paths.Count > options.MaxUnsyncedFiles)
                oldest = _paths.Dequeue();
        }

        if (oldest is not null)
            Flush([oldest]);
    }

    /// <summary>Flushes everything noted before the call. What could not be flushed stays noted.</summary>
    public void Sync()
    {
        lock (_flushing)
        {
            Queue<string> paths;
            lock (_gate)
            {
                if (!_anything)
                    return;
                (paths, _paths, _anything) = (_paths, new Queue<string>(), false);
            }

            bool flushed = false;
            try
            {
                if (_wholeFileSystem && OperatingSystem.IsLinux())
                    UnixCalls.SyncFileSystem(root);
                Flush(paths);
                flushed = true;
            }
            finally
            {
                if (!flushed)
                    GiveBack(paths);
            }
        }
    }

    private void GiveBack(Queue<string> paths)
    {
        lock (_gate)
        {
            foreach (string path in _paths)
                paths.Enqueue(path);
            (_paths, _anything) = (paths, true);
        }
    }

    private void Flush(IReadOnlyCollection<string> paths)
    {
        HashSet<string> touched = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            FlushFile(path);
            touched.Add(Path.GetDirectoryName(path)!);
        }

        foreach (string folder in touched)
            folders.Sync(folder);
    }

    private static void FlushFile(string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(handle);
        }
        catch (FileNotFoundException)
        {
            // Replaced or removed since: there is nothing of it to keep.
        }
    }
}
