namespace OmeZarr.Storage.FileSystem;

// The new dataset takes its place: the commit point, and what comes after it.
internal sealed partial class Beginning
{
    /// <summary>Puts the new dataset in its place, in one step, then deletes what it replaces.</summary>
    /// <param name="durable">
    /// Whether its name must be on the disk before this returns; if it cannot be, nothing has changed.
    /// </param>
    public void Commit(bool durable)
    {
        using (LockParent())
        {
            if (durable)
                SyncMadeParents();
            if (_hidden is null)
                CommitInPlace(durable);
            else if (_old is null)
                CommitNew(_hidden, durable);
            else
                CommitReplacement(_hidden, _old);
            _isCommitted = true;
        }

        // From here on nothing may fail: the new dataset stands.
        RemoveMark();
        DeleteReplaced();
        _parent?.Dispose();
    }

    private void CommitInPlace(bool durable)
    {
        if (_parent is not null && !IsAt(_name, _root!))
            throw Moved();
        // Somebody may have made the folder just before.
        if (durable)
            _parent?.Sync();
        _root!.RemoveFile(InPlaceMark);
    }

    private void CommitNew(string hidden, bool durable)
    {
        if (!IsAt(hidden, _root!))
            throw Moved();
        if (_parent!.StatusOf(_name) is not null)
            throw JustMade();
        MoveRoot(() => _parent.RenameToFree(hidden, _name));
        if (durable)
            Otherwise(_parent.Sync,
                () => Move(_root!, () => _parent.RenameToFree(_name, hidden), Path.Join(_parent.Path, hidden)));
    }

    // One step where the file system has it; elsewhere two, between which a kill leaves the old dataset under a hidden name, from
    // which it is brought back.
    private void CommitReplacement(string hidden, Folder old)
    {
        if (!IsAt(hidden, _root!))
            throw Moved();
        if (!IsAt(_name, old))
            throw JustMade();
        var aside = Hidden(_name, Replaced, (uint)Random.Shared.Next());
        var deleted = Hidden(_name, Deleted, (uint)Random.Shared.Next());
        var isExchanged = _parent!.TryRename(hidden, _name, RenameMode.Exchange);
        if (isExchanged)
        {
            MoveRoot(() => { });
        }
        else
        {
            MoveRoot(() =>
            {
                MoveOld(old, () => _parent.RenameToFree(_name, aside), aside);
                Otherwise(() => _parent.RenameToFree(hidden, _name), () => _parent.RenameToFree(aside, _name));
            });
        }

        var from = isExchanged ? hidden : aside;
        Otherwise(
            () =>
            {
                // The old one is deleted only when the new one's name is on the disk.
                _parent.Sync();
                MoveOld(old, () => _parent.RenameToFree(from, deleted), deleted);
            },
            () => SwapBack(hidden, from));
    }

    private void SwapBack(string hidden, string from)
    {
        _root!.Unlock();
        if (from == hidden)
        {
            _parent!.TryRename(hidden, _name, RenameMode.Exchange);
            return;
        }

        _parent!.RenameToFree(_name, hidden);
        _parent.RenameToFree(from, _name);
    }

    // A folder known by its path, as on Windows, is renamed only while nobody holds it.
    private void MoveRoot(Action rename) => Move(_root!, rename, _path);

    private void MoveOld(Folder old, Action rename, string to) => Move(old, rename, Path.Join(_parent!.Path, to));

    private static void Move(Folder folder, Action rename, string path)
    {
        if (folder is PathFolder)
            folder.Unlock();
        rename();
        folder.Path = path;
        if (folder is PathFolder)
            _ = folder.TryLock();
    }

    private bool IsAt(string name, Folder folder) =>
        _parent!.StatusOf(name) is { Kind: EntryKind.Folder } status && status.Identity == folder.Identity;

    private StoreException Moved() =>
        new(StoreErrorKind.Moved, $"{_path}: the new dataset's folder was moved or removed before it was complete.");

    private StoreException JustMade() =>
        new(StoreErrorKind.AlreadyExists, $"{_path} has just been made or replaced by another program.");

    private void RemoveMark()
    {
        if (_hidden is not null)
            Try(() => _root!.RemoveFile(Mark));
    }

    private void DeleteReplaced()
    {
        if (_old is not null)
            Delete(_old);
    }

    private static void Otherwise(Action action, Action undo)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            Try(undo);
            throw;
        }
    }
}
