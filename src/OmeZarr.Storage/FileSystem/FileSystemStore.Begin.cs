namespace OmeZarr.Storage.FileSystem;

// Taking a place for a new dataset, or replacing an old one.
public sealed partial class FileSystemStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// An empty folder is used as it is. Otherwise the new dataset is made under a hidden name beside the root's
    /// (<c>.NAME.begun-…</c>) and takes the root's name with <see cref="Commit"/>. The place is locked until this store is
    /// disposed of or the process ends: a second writer is refused with <see cref="StoreErrorKind.AlreadyExists"/>, also with
    /// <paramref name="overwrite"/>. What a killed process has left at the place is finished or undone first. docs/beginning.md
    /// has the protocol.
    /// </remarks>
    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        if (_beginning is not null || _isCommitted)
            throw new InvalidOperationException($"{_path} has been begun already.");
        foreach (var item in first)
            Check(item.Key);
        _stop.ThrowIfCancelled(_path);
        try
        {
            var beginning = Beginning.Start(_path, overwrite, _descriptors, _stop, Warn);
            lock (_opening)
            {
                _root?.Dispose();
                _beginning = beginning;
                Hold(beginning.Root);
            }

            PutFirst(first);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, "making the dataset's folder", e);
        }
    }

    /// <summary>
    /// Takes a dataset that stands there, to mend it: what a killed process has left at the place is finished or undone, and no
    /// other writer can have it until this store is disposed of. Documents can then be put.
    /// </summary>
    /// <returns>Whether there is a dataset's folder, after what was left has been dealt with.</returns>
    /// <exception cref="StoreException"><see cref="StoreErrorKind.AlreadyExists"/>: somebody is writing it.</exception>
    public bool TakeToMend() => TryTake(_ => true);

    /// <inheritdoc/>
    /// <remarks>
    /// A folder without a <c>zarr.json</c> is none. What a killed process has left beside it is finished or undone first, and the
    /// place is locked, as <see cref="Begin"/> does it; what it has left within is removed.
    /// </remarks>
    public bool TryResume()
    {
        if (!Path.Exists(_path) && !Path.Exists(Path.GetDirectoryName(_path)))
            return false;
        _isResumed = TryTake(static root =>
        {
            if (root.StatusOf(ZarrContents.Document) is not { Kind: EntryKind.File })
                return false;
            ZarrContents.RemoveUnfinished(root);
            return true;
        });
        if (_isResumed)
            _spare.Take(OpenRoot());
        return _isResumed;
    }

    // Otherwise it is given back.
    private static bool IsWanted(Folder root, Func<Folder, bool> isWanted)
    {
        var wanted = false;
        try
        {
            wanted = isWanted(root);
        }
        finally
        {
            if (!wanted)
                root.Dispose();
        }

        return wanted;
    }

    private bool TryTake(Func<Folder, bool> isWanted)
    {
        if (_beginning is not null || _isCommitted)
            throw new InvalidOperationException($"{_path} has been begun already.");
        _stop.ThrowIfCancelled(_path);
        try
        {
            if (Beginning.Recover(_path, _descriptors, _stop, Warn) is not { } root)
                return false;
            if (!IsWanted(root, isWanted))
                return false;

            lock (_opening)
            {
                _root?.Dispose();
                Hold(root);
                _isCommitted = true;
            }

            return true;
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, "taking the dataset that is there", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>What is replaced is deleted here; what of it cannot be is told as a warning.</remarks>
    public void Commit()
    {
        if (_isCommitted)
            return;
        if (_beginning is not { } beginning)
            throw new InvalidOperationException($"{_path} has not been begun.");
        _stop.ThrowIfCancelled(_path);
        try
        {
            var durable = _folders.WereAsked;
            beginning.Commit(durable);
            _isCommitted = true;
            if (!durable)
                _folders.Appeared(beginning.FoldersAbove());
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, "putting the new dataset in its place", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Elsewhere than on Linux, only whether there is a folder at all.</remarks>
    public void CheckRoot()
    {
        _stop.ThrowIfCancelled(_path);
        if (!_isCommitted || _root is not { } root)
            return;
        try
        {
            if (!IsAtItsPlace(root))
                throw new StoreException(StoreErrorKind.Moved,
                    $"{_path} is not there any more: it was moved, removed or replaced while it was written.");
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw IoFailure.Describe(_path, "looking whether it is still there", e);
        }
    }

    private void PutFirst(IReadOnlyList<StoredObject> first)
    {
        var done = false;
        try
        {
            _spare.Take(OpenRoot(), first);
            foreach (var (key, value) in first)
                this.Put(key, value.Span, durable: false);
            done = true;
        }
        finally
        {
            if (!done)
                GiveUp();
        }
    }

    private void GiveUp()
    {
        _spare.Release();
        lock (_opening)
        {
            _beginning!.Dispose();
            _beginning = null;
            _root = null;
            _heldDescriptors--;
            _budget.Count(-1);
        }
    }

    private bool IsAtItsPlace(Folder root)
    {
        if (!OperatingSystem.IsLinux() || root is not HeldFolder held)
            return Directory.Exists(_path);
        var error = UnixCalls.StatPath(_path, out var status);
        if (error is UnixCalls.Enoent or UnixCalls.Enotdir or UnixCalls.Eloop)
            return false;
        if (error != 0)
            throw UnixCalls.Failure(error, _path);
        return status.Identity == held.Identity || (!held.HasStableNumbers && IsSeenAtItsPlace(held));
    }

    // Where numbers of folders mean nothing: whether what is made in the one can be seen in the other.
    private bool IsSeenAtItsPlace(Folder root)
    {
        var name = Beginning.Hidden("probe", "tmp", (uint)Random.Shared.Next());
        try
        {
            root.Create(name).Dispose();
            return Path.Exists(Path.Join(_path, name));
        }
        finally
        {
            root.RemoveFile(name);
        }
    }

    private void Warn(string warning) => _options.OnWarning?.Invoke(warning);
}
