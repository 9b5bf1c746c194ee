using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage;

// What a writer of a growing object needs of its store.
public sealed partial class FileSystemStore
{
    /// <summary>Whether unwritten parts of a file take no space, so that a tail may lie far behind the data.</summary>
    internal bool HasHolesInFiles => _hasHoles.Value;

    /// <summary>Whether disk is reserved for a shard ahead of its data: where that is known to make writing faster.</summary>
    internal bool ReservesDisk => _reserves.Value;

    /// <summary>Cuts a file, which on Windows a reader that maps it hinders for a moment.</summary>
    internal void SetLength(SafeFileHandle file, long length) =>
        _retry.Run((file, length), static cut => RandomAccess.SetLength(cut.file, cut.length));

    /// <summary>Gives a hidden file its name.</summary>
    internal void Rename(PooledFile file, string path) => _retry.Run((file, path), static move => move.file.Rename(move.path));

    /// <summary>Flushes the folder that a file was renamed in.</summary>
    internal void MakeNameDurable(string path) => _folders.Sync(Path.GetDirectoryName(path)!);

    /// <summary>Closes a file that is complete.</summary>
    internal void Completed(PooledFile file, string path, bool durable)
    {
        _pool.Close(file);
        if (!durable)
            _unsynced.Add(path);
    }

    /// <summary>Closes a file that was given up, and removes it when it was never shown.</summary>
    internal void Abandoned(PooledFile file, bool isHidden)
    {
        _pool.Close(file);
        if (isHidden)
            RemoveLeftover(file.Path);
    }
}
