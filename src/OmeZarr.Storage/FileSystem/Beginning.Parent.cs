namespace OmeZarr.Storage.FileSystem;

// The folder above the dataset, made where it is missing, and locked while names in it change.
internal sealed partial class Beginning
{
    /// <summary>A lock on the folder above is held for some renames. Longer than this, something else is wrong.</summary>
    private static readonly TimeSpan LongestLockWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    // Opens and locks the folder that is really there: another beginning may be undone this moment, and remove folders that it
    // made.
    private Unlocking LockNewParent()
    {
        if (Path.GetDirectoryName(_path) is not { } parent)
            return default;
        for (var i = 0; i < MostTries; i++)
        {
            try
            {
                _parent = OpenOrMake(parent);
            }
            catch (Exception e) when (
                _madeParents.Count == 0 && IoFailure.IsIo(e) && IoFailure.KindOf(e) == StoreErrorKind.AccessDenied)
            {
                return default;
            }

            WaitForLock(_parent);
            if (IsStillAt(parent, _parent))
                return new Unlocking(_parent);
            _parent.Dispose();
        }

        throw new StoreException(StoreErrorKind.Moved, $"{parent} is moved or removed again and again by another program.");
    }

    /// <summary>
    /// The folder that the dataset is in, where it can be opened, and those in which others were made for it, the innermost
    /// first.
    /// </summary>
    public List<string> FoldersAbove()
    {
        if (_parent is null)
            return [];
        List<string> above = [_parent.Path];
        above.AddRange(Enumerable.Reverse(_madeParents).Select(Path.GetDirectoryName).OfType<string>());
        return above;
    }

    // The innermost is flushed when the dataset's name is in it.
    private void SyncMadeParents()
    {
        // NTFS journals its folders, and Windows cannot flush one.
        if (OperatingSystem.IsWindows())
            return;
        foreach (var folder in FoldersAbove().Skip(1))
            UnixCalls.SyncFolder(folder);
    }

    private Unlocking LockParent()
    {
        if (_parent is null)
            return default;
        WaitForLock(_parent);
        return new Unlocking(_parent);
    }

    private void WaitForLock(Folder parent)
    {
        var deadline = Environment.TickCount64 + (long)LongestLockWait.TotalMilliseconds;
        while (parent.TryLock() == LockResult.Held)
        {
            _stop.ThrowIfCancelled(_path);
            if (Environment.TickCount64 >= deadline || !_stop.Waited(LockPause))
            {
                _stop.ThrowIfCancelled(_path);
                throw new StoreException(
                    StoreErrorKind.AlreadyExists,
                    $"{_path}: {parent.Path} has been locked for {LongestLockWait.TotalSeconds} s; "
                    + "is it a dataset that is being written?");
            }
        }
    }

    private Folder OpenOrMake(string path)
    {
        for (var i = 0; i < MostTries; i++)
        {
            if (Folder.TryOpen(path, _descriptors) is { } folder)
                return folder;
            if (Path.GetDirectoryName(path) is not { } above)
                break;
            using var parent = OpenOrMake(above);
            if (parent.TryMake(Path.GetFileName(path)) && !_madeParents.Contains(path))
                _madeParents.Add(path);
        }

        throw new IOException($"'{path}' cannot be made: it is a link that leads nowhere, or is removed again and again.");
    }

    private static bool IsStillAt(string path, Folder folder)
    {
        if (OperatingSystem.IsLinux())
            return UnixCalls.StatPath(path, out var status) == 0 && folder.Identity == status.Identity;
        return Directory.Exists(path);
    }

    /// <summary>Gives the lock on the folder above back.</summary>
    private readonly struct Unlocking(Folder? parent) : IDisposable
    {
        public void Dispose() => parent?.Unlock();
    }
}
