using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// What a writer of a growing object needs of its store.
public sealed partial class FileSystemStore
{
    /// <summary>Whether unwritten parts of a file take no space, so that a footer may lie far behind the data.</summary>
    internal bool HasHolesInFiles => _hasHoles.Value;

    /// <summary>Whether disk is reserved for a shard ahead of its data: where that is known to make writing faster.</summary>
    internal bool ReservesDisk => _reserves.Value;

    /// <summary>Whether a published footer can be moved up, so that slots are used again and again.</summary>
    internal bool MovesFooters => _movesFooters.Value;

    /// <summary>Whether a kill leaves a page that is being written over as it was, or as it will be.</summary>
    internal bool OverwritesPages => _overwritesPages.Value;

    /// <summary>The largest file that the process may write, in bytes.</summary>
    internal long FileSizeLimit => _options.FileSizeLimit ?? Volatile.Read(ref _fileSizeLimit);

    /// <summary>Ends waits, and refuses what comes after <see cref="Cancel"/>.</summary>
    internal StopSignal Stop => _stop;

    internal TimeProvider Clock => _options.Clock;

    /// <summary>Cuts a file, which on Windows a reader that maps it hinders for a moment.</summary>
    internal void SetLength(SafeFileHandle file, long length) =>
        _retry.Run((file, length), static cut => Resize(cut.file, cut.length));

    private static void Resize(SafeFileHandle file, long length)
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (ArgumentOutOfRangeException)
        {
            // What the runtime makes of a length beyond a limit of the process or the file system.
            throw IoFailure.TooLarge();
        }
    }

    /// <summary>Gives a hidden file its name.</summary>
    internal void Rename(PooledFile file, string name) =>
        _retry.Run((file, name, _isResumed), static move => move.file.Rename(move.name, move._isResumed));

    /// <summary>Flushes the folder that a file was renamed in.</summary>
    internal void MakeNameDurable(PooledFile file)
    {
        var key = file.Key;
        _folders.Sync(OpenRoot(), key.LastIndexOf('/') is var slash and >= 0 ? key[..slash] : "");
    }

    /// <summary>Closes a file that is complete.</summary>
    internal void Completed(PooledFile file, bool durable)
    {
        _pool.Close(file);
        if (!durable)
            _unsynced.Add(OpenRoot(), file.Key);
    }

    /// <summary>Closes a file that was given up, and removes it when it was never shown.</summary>
    internal void Abandoned(PooledFile file, bool isHidden)
    {
        _pool.Close(file);
        if (!isHidden)
            return;
        try
        {
            file.Remove();
        }
        catch (Exception e) when (IoFailure.IsIo(e) || e is ObjectDisposedException)
        {
            // The first failure is the one to report. A hidden leftover disturbs no reader.
        }
    }
}
