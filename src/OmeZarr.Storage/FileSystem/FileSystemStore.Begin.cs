namespace OmeZarr.Storage;

// Taking a place for a new dataset, or replacing an old one.
public sealed partial class FileSystemStore
{
    private static readonly string[] s_zarrMarks = ["zarr.json", ".zgroup", ".zarray"];

    /// <inheritdoc/>
    /// <remarks>
    /// An empty folder is used as it is. An old dataset is renamed aside (<c>.NAME.replaced-…</c>) and deleted only when the
    /// new one has begun. The root is locked until this store is disposed or the process ends: a second writer of the same
    /// place is refused with <see cref="StoreErrorKind.AlreadyExists"/>, also with <paramref name="overwrite"/>.
    /// </remarks>
    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        if (_lock is not null)
            throw new InvalidOperationException($"{_root} has been begun already.");
        try
        {
            FileSystemInfo? existing = Existing();
            if (existing is null)
                BeginInNewFolder(first);
            else if (IsEmptyFolder(existing))
                BeginInEmptyFolder(first);
            else if (overwrite)
                Replace(existing, first);
            else
                throw new StoreException(StoreErrorKind.AlreadyExists, $"{_root} exists already, and overwrite is not set.");
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_root, "making the dataset's folder", e);
        }
    }

    // Without following a link: one that leads nowhere exists too.
    private FileSystemInfo? Existing()
    {
        FileInfo file = new(_root);
        DirectoryInfo folder = new(_root);
        return folder.Exists ? folder : file.Exists || file.LinkTarget is not null ? file : null;
    }

    private static bool IsEmptyFolder(FileSystemInfo existing) =>
        existing is DirectoryInfo { LinkTarget: null } folder && !folder.EnumerateFileSystemInfos().Any();

    private void BeginInNewFolder(IReadOnlyList<StoredObject> first)
    {
        string uppermost = FirstMissing(_root);
        try
        {
            Directory.CreateDirectory(_root);
        }
        catch (Exception) when (RemoveMade(uppermost))
        {
            throw;
        }

        _folders.RootMade(uppermost);
        BeginInEmptyFolder(first, made: uppermost);
    }

    // Empties the folder again when it fails, and removes what was made of its path, while nobody else can be in it: a
    // folder that cannot be locked is another writer's.
    private void BeginInEmptyFolder(IReadOnlyList<StoredObject> first, string? made = null)
    {
        _lock = TakeLock();
        try
        {
            RefuseIfFilledMeanwhile();
            PutFirst(first);
        }
        catch
        {
            if (made is not null)
                RemoveMade(made);
            GiveLockBack();
            throw;
        }
    }

    private void PutFirst(IReadOnlyList<StoredObject> first)
    {
        try
        {
            foreach (var (key, value) in first)
                Put(key, value.Span, durable: false);
        }
        catch
        {
            // Nobody else writes here: the folder was empty and is locked.
            foreach (FileSystemInfo made in new DirectoryInfo(_root).EnumerateFileSystemInfos())
                Remove(made);
            _folders.Clear();
            throw;
        }
    }

    // What cannot be removed is left: the failure that led here is the one to report.
    private static void Remove(FileSystemInfo made)
    {
        try
        {
            if (made is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                made.Delete();
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            // Best effort, as said above.
        }
    }

    private void GiveLockBack()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private FolderLock TakeLock() => FolderLock.TryTake(_root)
        ?? throw new StoreException(StoreErrorKind.AlreadyExists, $"{_root} is being written by another stream.");

    // Between the look at the folder and the lock, another writer may have been there and gone.
    private void RefuseIfFilledMeanwhile()
    {
        if (Directory.EnumerateFileSystemEntries(_root).Any())
            throw new StoreException(StoreErrorKind.AlreadyExists, $"{_root} has just been filled by another program.");
    }

    private void Replace(FileSystemInfo existing, IReadOnlyList<StoredObject> first)
    {
        if (existing is not DirectoryInfo { LinkTarget: null } || !s_zarrMarks.Any(IsMark))
        {
            throw new StoreException(
                StoreErrorKind.NotAZarr,
                $"{_root} is not replaced: it is not the folder of a Zarr (it has none of {string.Join(", ", s_zarrMarks)}).");
        }

        // Held only to see that nobody is writing there: Windows renames no folder that is held.
        TakeLock().Dispose();
        string aside = Hidden(_root, $"replaced-{Guid.NewGuid():N}");
        Directory.Move(_root, aside);
        try
        {
            Directory.CreateDirectory(_root);
            _folders.RootMade(_root);
            BeginInEmptyFolder(first);
            // Links in it are removed, not followed.
            Directory.Delete(aside, recursive: true);
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is StoreException)
        {
            throw Restored(aside, e);
        }
    }

    private bool IsMark(string name)
    {
        FileInfo file = new(Path.Join(_root, name));
        return file.Exists && file.LinkTarget is null;
    }

    private StoreException Restored(string aside, Exception cause)
    {
        GiveLockBack();
        try
        {
            if (Directory.Exists(_root))
                Directory.Delete(_root, recursive: true);
            Directory.Move(aside, _root);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            return IoFailure.Describe(_root, $"replacing it; what was there (as far as not deleted) is now {aside}", cause);
        }

        return cause as StoreException
            ?? IoFailure.Describe(_root, "replacing it; what was there (as far as not deleted) is there again", cause);
    }

    // The uppermost folder of the path that is yet to be made.
    private static string FirstMissing(string folder)
    {
        string missing = folder;
        while (Path.GetDirectoryName(missing) is { } parent && !Directory.Exists(parent))
            missing = parent;
        return missing;
    }

    // Always true, so that it can stand in an exception filter and the first error goes on as it is.
    private bool RemoveMade(string uppermost)
    {
        try
        {
            for (string? made = _root; made is not null && made.Length >= uppermost.Length; made = Path.GetDirectoryName(made))
            {
                if (Directory.Exists(made))
                    Directory.Delete(made, recursive: false);
            }
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            // Something has been put there meanwhile: it is not ours to delete.
        }

        return true;
    }
}
