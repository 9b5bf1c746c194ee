namespace OmeZarr.Storage.FileSystem;

internal sealed partial class Beginning
{
    /// <summary>
    /// Finishes or undoes what a killed process had begun at this place; under the parent's lock. A folder that somebody holds
    /// is never touched, and refuses the beginning. What has been given up stays locked, and is to be deleted when the parent's
    /// lock has been given back.
    /// </summary>
    private sealed class Leftovers(Beginning owner, Folder? parent, List<Folder> toDelete) : IDisposable
    {
        private Folder? _root;
        private bool _isFinishing; // The root has a mark: it stands, but the process was killed before it had tidied up.

        /// <summary>The folder that is at the place now, locked; null when there is none. The caller's from here on.</summary>
        public Folder? TakeRoot()
        {
            var root = _root;
            _root = null;
            return root;
        }

        public void Recover()
        {
            LookAtRoot();
            if (parent is null)
                return;
            Entry[] beside = [.. parent.List().Where(entry => entry.Kind == EntryKind.Folder
                && entry.Name.StartsWith(Prefix(""), StringComparison.Ordinal))];
            // Those that are deleted come from the others.
            ForEach(beside, Deleted, (_, folder) => toDelete.Add(folder));
            ForEach(beside, Replaced, RecoverReplaced);
            ForEach(beside, Begun, RecoverBegun);
            if (_isFinishing)
                _root!.RemoveFile(Mark);
        }

        public void Dispose() => _root?.Dispose();

        private string Prefix(string role) => $".{owner._stem}.{role}";

        private void LookAtRoot()
        {
            _root = OpenRoot();
            if (_root is null)
                return;
            if (_root.TryLock() == LockResult.Held)
                throw InUse();
            _isFinishing = _root.StatusOf(Mark) is not null;
            if (_root.StatusOf(InPlaceMark) is null)
                return;
            // Begun in an empty folder, and never finished: it becomes empty again. With data in it, only the mark is too much.
            if (!ZarrContents.HasNoData(_root) || ZarrContents.Clear(_root))
                _root.RemoveFile(InPlaceMark);
        }

        private Folder? OpenRoot()
        {
            if (parent is null)
                return Folder.TryOpen(owner._path, owner._descriptors);
            return parent.StatusOf(owner._name)?.Kind == EntryKind.Folder ? parent.TryOpenBelow(owner._name) : null;
        }

        // Only what can be locked is known to be nobody's.
        private void ForEach(Entry[] beside, string role, Action<string, Folder> recover)
        {
            foreach (var entry in beside.Where(entry => entry.Name.StartsWith(Prefix(role + "-"), StringComparison.Ordinal)))
            {
                if (parent!.TryOpenBelow(entry.Name) is not { } folder)
                    continue;
                var locked = folder.TryLock();
                // Who deletes is no writer of this place any more.
                if (locked == LockResult.Held && role != Deleted)
                {
                    folder.Dispose();
                    throw InUse();
                }

                if (locked == LockResult.Taken)
                    recover(entry.Name, folder);
                if (!toDelete.Contains(folder))
                    folder.Dispose();
            }
        }

        // The old dataset of a replacement in two steps: back, unless the new one stands.
        private void RecoverReplaced(string name, Folder folder)
        {
            if (_root is not null && (_isFinishing || ZarrContents.IsZarr(_root)))
            {
                GiveUp(name, folder);
                return;
            }

            if (_root is not null)
            {
                // A beginning that was made in place by an earlier version, and killed.
                if (!ZarrContents.HasNoData(_root) || !ZarrContents.Clear(_root))
                    return;
                _root.Unlock();
                if (!parent!.RemoveFolder(owner._name))
                    return;
                _root.Dispose();
                _root = null;
            }

            folder.Unlock();
            parent!.RenameToFree(name, owner._name);
            _root = parent.OpenBelow(owner._name);
            if (_root.TryLock() == LockResult.Held)
                throw InUse();
        }

        // A new dataset that never stood; or, when names were exchanged and no more, the old one.
        private void RecoverBegun(string name, Folder folder)
        {
            if (folder.StatusOf(Mark) is null && _isFinishing)
            {
                GiveUp(name, folder);
                return;
            }

            // With data in it, it may be all that a power cut has left of an acquisition: nobody but a person can tell.
            if (!ZarrContents.HasNoData(folder) || !ZarrContents.Clear(folder))
            {
                owner._warn(
                    $"{owner._path}: {folder.Path} is left of an earlier acquisition and has data in it; it is not touched");
                return;
            }

            folder.RemoveFile(Mark);
            folder.Unlock();
            parent!.RemoveFolder(name);
        }

        private void GiveUp(string name, Folder folder)
        {
            var deleted = Hidden(owner._name, Deleted, (uint)Random.Shared.Next());
            owner.MoveOld(folder, () => parent!.RenameToFree(name, deleted), deleted);
            toDelete.Add(folder);
        }

        private StoreException InUse() => new(StoreErrorKind.AlreadyExists, $"{owner._path} is being written by another stream.");
    }
}
