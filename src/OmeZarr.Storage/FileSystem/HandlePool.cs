namespace OmeZarr.Storage;

/// <summary>
/// Bounds the open files: of all <see cref="PooledFile"/>s at most a fixed number is open at any instant. When one more
/// is needed, the one that was idle longest is closed; it reopens when it is next used.
/// </summary>
/// <remarks>
/// Opening and closing go under one lock, using an open file takes none. An append in flight keeps its file open
/// (<see cref="PooledFile"/> counts users). When every open file is in use, the caller waits until one is not.
/// </remarks>
internal sealed class HandlePool(int limit) : IDisposable
{
    /// <summary>No write holds a handle this long unless its device hangs; then an error is better than a hang.</summary>
    private static readonly TimeSpan s_waitLimit = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly List<PooledFile> _open = [];
    private int _reserved;
    private int _highWater;
    private int _waiting;
    private bool _disposed;

    /// <summary>The most files that may be open at the same time.</summary>
    public int Limit => limit;

    /// <summary>The most files that ever were open at the same time.</summary>
    public int HighWater
    {
        get
        {
            lock (_gate)
                return _highWater;
        }
    }

    /// <summary>A quarter of what the process may open, at least 16 and at most 512: the host needs files too.</summary>
    public static int DefaultLimit()
    {
        // Windows has no such limit short of millions of handles.
        long? allowed = OperatingSystem.IsWindows() ? null : UnixCalls.OpenFileLimit();
        return (int)Math.Clamp((allowed ?? 2048) / 4, 16, 512);
    }

    /// <summary>Claims the right to open one file, closing an idle one or waiting for one when the limit is reached.</summary>
    public void Reserve(string forWhat)
    {
        long deadline = Environment.TickCount64 + (long)s_waitLimit.TotalMilliseconds;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (_reserved >= limit && !CloseIdle())
            {
                // The increment is a full barrier before the scan below; PooledFile.Release gives its user count back with
                // a full barrier before it looks here. One of the two sees the other, so no wake-up is lost.
                Interlocked.Increment(ref _waiting);
                try
                {
                    long left = deadline - Environment.TickCount64;
                    if (!CloseIdle() && (left <= 0 || !Monitor.Wait(_gate, (int)left)))
                    {
                        throw new StoreException(
                            StoreErrorKind.TooManyOpenFiles,
                            $"{forWhat}: all {limit} files that may be open at once have been in use for {s_waitLimit.TotalSeconds} s.");
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref _waiting);
                }

                ObjectDisposedException.ThrowIf(_disposed, this);
            }

            _highWater = Math.Max(_highWater, ++_reserved);
        }
    }

    /// <summary>Gives a reservation back that was not used.</summary>
    public void Unreserve()
    {
        lock (_gate)
        {
            _reserved--;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Turns a reservation into an open file that may be closed when idle.</summary>
    public void Add(PooledFile file)
    {
        lock (_gate)
            _open.Add(file);
    }

    /// <summary>Closes a file for good; it has no users.</summary>
    public void Close(PooledFile file)
    {
        lock (_gate)
        {
            if (_open.Contains(file) && file.TryClose())
                Removed(file);
        }
    }

    /// <summary>Closes the file that was idle longest, to make room for others in the process. False when none is idle.</summary>
    public bool TryCloseOne()
    {
        lock (_gate)
            return CloseIdle();
    }

    /// <summary>Wakes a caller that waits for an idle file; called when a file has become idle.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _waiting) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (PooledFile file in _open)
                file.ForceClose();
            _open.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    // Under the lock. At most 512 files, and only when one has to be opened, which costs far more than the scan.
    private bool CloseIdle()
    {
        while (true)
        {
            PooledFile? oldest = null;
            foreach (PooledFile file in _open)
            {
                if (file.IsIdle && (oldest is null || file.LastUse < oldest.LastUse))
                    oldest = file;
            }

            if (oldest is null)
                return false;
            if (!oldest.TryClose())
                continue; // A writer took it this very moment.
            Removed(oldest);
            return true;
        }
    }

    private void Removed(PooledFile file)
    {
        _open.Remove(file);
        _reserved--;
        Monitor.Pulse(_gate);
    }
}
