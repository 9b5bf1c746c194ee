using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// A file being written that the <see cref="HandlePool"/> may close between two uses. <see cref="Use"/> from any thread;
/// on an open file it takes no lock and allocates nothing.
/// </summary>
internal sealed class PooledFile(HandlePool pool, Folder root, string folder, string name, DirectFiles? direct = null)
{
    private const int Closed = -1;

    // Serialises opening and renaming; never taken on the way of an append to an open file.
    private readonly Lock _gate = new();
    private string _name = name;
    private FileIdentity? _identity;
    private SafeFileHandle? _handle;
    private int _users = Closed;
    private long _lastUse;

    /// <summary>Where the file lies now, for messages.</summary>
    public string Path => System.IO.Path.Join(root.Path, Key);

    /// <summary>The same below the dataset's folder.</summary>
    public string Key
    {
        get
        {
            lock (_gate)
                return folder.Length == 0 ? _name : $"{folder}/{_name}";
        }
    }

    /// <summary>Whether it is open and nobody uses it.</summary>
    public bool IsIdle => Volatile.Read(ref _users) == 0;

    /// <summary>When it was last taken, in milliseconds of the system's tick count.</summary>
    public long LastUse => Volatile.Read(ref _lastUse);

    /// <summary>Whether writes bypass the page cache, and so take whole blocks only; known once the file has been made.</summary>
    public bool IsDirect { get; private set; }

    /// <summary>Makes the file, which must not exist.</summary>
    public void CreateNew()
    {
        using var lease = Open(isNew: true);
        _identity = IdentityOf(lease.Handle);
        IsDirect = direct?.TrySetNew(lease.Handle) ?? false;
        if (OperatingSystem.IsWindows())
            _ = WindowsCalls.TrySetSparse(lease.Handle);
    }

    /// <summary>The open file, to be disposed at the end of one operation.</summary>
    public Lease Use() => TryTake() ? new Lease(this) : Open(isNew: false);

    /// <summary>The file opened once more, through the page cache, for one operation; beside what the pool counts.</summary>
    public SafeFileHandle OpenAgain()
    {
        // Not while it is renamed.
        lock (_gate)
            return OpenHandle(isNew: false);
    }

    /// <summary>Renames the file within its folder, open or not.</summary>
    /// <param name="newName">The new name.</param>
    /// <param name="replaces">Whether a file of that name is replaced; otherwise the name must be free.</param>
    public void Rename(string newName, bool replaces)
    {
        lock (_gate)
        {
            using var open = root.OpenBelow(folder);
            if (replaces)
                _ = open.TryRename(_name, newName, RenameMode.Replace);
            else
                open.RenameToFree(_name, newName);
            _name = newName;
        }
    }

    /// <summary>Removes the file, which nobody uses any more.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            using var open = root.TryOpenBelow(folder);
            open?.RemoveFile(_name);
        }
    }

    /// <summary>
    /// Fails when the file is no longer where it was made: it, or a folder above it, was moved, removed or replaced.
    /// </summary>
    public void CheckPlace()
    {
        if (_identity is not { } identity)
            return;
        lock (_gate)
        {
            if (OperatingSystem.IsLinux() && root is HeldFolder held && held.IdentityBelow(folder, _name) != identity)
                throw Moved();
        }
    }

    /// <summary>For the pool, under its lock: the handle, which nobody uses from now on; null when somebody does.</summary>
    public SafeFileHandle? TryTakeFromUsers()
    {
        // Read before the exchange: once it is marked closed, another thread may open it anew.
        var handle = _handle;
        return Interlocked.CompareExchange(ref _users, Closed, 0) == 0 ? handle : null;
    }

    /// <summary>For the pool: closes the file at its end. A write in flight still holds the handle itself.</summary>
    public void ForceClose() => _handle?.Dispose();

    private bool TryTake()
    {
        var users = Volatile.Read(ref _users);
        while (users != Closed)
        {
            // A full barrier: _handle, written before the count left Closed, is seen.
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                Volatile.Write(ref _lastUse, Environment.TickCount64);
                return true;
            }

            users = seen;
        }

        return false;
    }

    private Lease Open(bool isNew)
    {
        pool.Reserve(_name);
        var opened = false;
        try
        {
            lock (_gate)
            {
                if (!TryTake())
                {
                    _handle = OpenHandle(isNew);
                    if (IsDirect)
                        direct!.SetAgain(_handle);
                    Volatile.Write(ref _lastUse, Environment.TickCount64);
                    // Publishes _handle: the first user is this thread.
                    Volatile.Write(ref _users, 1);
                    opened = true;
                    pool.Add(this);
                }
            }
        }
        finally
        {
            if (!opened)
                pool.Unreserve();
        }

        return new Lease(this);
    }

    private SafeFileHandle OpenHandle(bool isNew)
    {
        using var open = root.OpenBelow(folder);
        if (isNew)
            return open.Create(_name);
        var file = open.Open(_name);
        if (_identity is not { } identity || IdentityOf(file) == identity)
            return file;
        file.Dispose();
        throw Moved();
    }

    // Where numbers of files may change while nobody has them open, nothing can be told from them.
    private FileIdentity? IdentityOf(SafeFileHandle file) =>
        OperatingSystem.IsLinux() && root is HeldFolder { HasStableNumbers: true } ? UnixCalls.IdentityOf(file) : null;

    private StoreException Moved() => new(
        StoreErrorKind.Moved,
        $"{Path}: the file is not there any more; it, or a folder above it, was moved, removed or replaced "
        + "while it was written.");

    private void Release()
    {
        // A full barrier between the count and the look at the pool's waiters; see HandlePool.Reserve.
        if (Interlocked.Decrement(ref _users) == 0)
            pool.Wake();
    }

    /// <summary>The use of an open file for one operation.</summary>
    internal readonly struct Lease(PooledFile file) : IDisposable
    {
        public SafeFileHandle Handle => file._handle!;

        public void Dispose() => file.Release();
    }
}
