using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Bounds the open files of a store, within what all stores of the process share: when one more is needed, one that is idle
/// is closed; it reopens when it is next used.
/// </summary>
/// <remarks>
/// What is open is known under one lock, which nobody holds while the system opens or closes a file; using an open file takes
/// none. An append in flight keeps its file open (<see cref="PooledFile"/> counts users). When every open file is in use, the
/// caller waits until one is not.
/// </remarks>
internal sealed class HandlePool : IDisposable
{
    /// <summary>No write holds a handle this long unless its device hangs; then an error is better than a hang.</summary>
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a cancelled store may go unnoticed by who waits here, in milliseconds. Cancelling does not wake them.
    /// </summary>
    private const int LookMs = 100;

    private readonly OpenFileBudget _budget;
    private readonly StopSignal _stop;
    private readonly int? _ownLimit;
    private readonly List<PooledFile> _open = [];
    private int _reserved;
    private int _highWater;
    private bool _disposed;

    /// <param name="ownLimit">The most of this store alone; null for what the budget has.</param>
    /// <param name="budget">What is shared with other stores.</param>
    /// <param name="stop">Ends waiting.</param>
    public HandlePool(int? ownLimit, OpenFileBudget budget, StopSignal stop)
    {
        _ownLimit = ownLimit;
        _budget = budget;
        _stop = stop;
        budget.Add(this);
    }

    /// <summary>The most files of this store that may be open at the same time.</summary>
    public int Limit => _ownLimit ?? _budget.Limit;

    /// <summary>The most files that ever were open at the same time.</summary>
    public int HighWater
    {
        get
        {
            lock (_budget.Gate)
                return _highWater;
        }
    }

    /// <summary>Claims the right to open one file, closing an idle one or waiting for one when the limit is reached.</summary>
    public void Reserve(string forWhat)
    {
        var deadline = Environment.TickCount64 + (long)WaitLimit.TotalMilliseconds;
        OpenFileBudget.IdleFile? closed = null;
        while (true)
        {
            lock (_budget.Gate)
            {
                closed?.Owner.Closed();
                if (TryReserve())
                    return;
                _stop.ThrowIfCancelled(forWhat);
                var left = deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    throw new StoreException(
                        StoreErrorKind.TooManyOpenFiles,
                        $"{forWhat}: all {Limit} files that may be open at once "
                        + $"have been in use for {WaitLimit.TotalSeconds} s.");
                }

                closed = _budget.TakeIdleOrWait(Math.Min(left, LookMs), _reserved >= _ownLimit ? this : null);
            }

            if (closed is { } idle)
                _budget.Close(idle.Handle);
        }
    }

    /// <summary>Gives a reservation back that was not used.</summary>
    public void Unreserve()
    {
        lock (_budget.Gate)
            Closed();
    }

    /// <summary>Turns a reservation into an open file that may be closed when idle.</summary>
    public void Add(PooledFile file)
    {
        lock (_budget.Gate)
            _open.Add(file);
    }

    /// <summary>Closes a file for good; it has no users.</summary>
    public void Close(PooledFile file)
    {
        SafeFileHandle? handle;
        lock (_budget.Gate)
            handle = _open.Contains(file) ? TryTake(file) : null;
        if (handle is null)
            return;
        _budget.Close(handle);
        lock (_budget.Gate)
            Closed();
    }

    /// <summary>
    /// Takes a file from its users, under the budget's gate, for its handle to be closed without the gate; then call
    /// <see cref="Closed"/>. Null: it is in use.
    /// </summary>
    public SafeFileHandle? TryTake(PooledFile file)
    {
        var handle = file.TryTakeFromUsers();
        if (handle is not null)
            _open.Remove(file);
        return handle;
    }

    /// <summary>One file less is open; under the budget's gate.</summary>
    public void Closed()
    {
        _reserved--;
        _budget.Reserved--;
        Monitor.Pulse(_budget.Gate);
    }

    /// <summary>The file that was idle longest, or null; under the budget's gate.</summary>
    public PooledFile? OldestIdle()
    {
        PooledFile? oldest = null;
        foreach (var file in _open)
        {
            if (file.IsIdle && (oldest is null || file.LastUse < oldest.LastUse))
                oldest = file;
        }

        return oldest;
    }

    /// <summary>Wakes a caller that waits for an idle file; called when a file has become idle.</summary>
    public void Wake() => _budget.Wake();

    public void Dispose()
    {
        PooledFile[] open;
        lock (_budget.Gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _budget.Remove(this);
            open = [.. _open];
            _open.Clear();
            Monitor.PulseAll(_budget.Gate);
        }

        foreach (var file in open)
            file.ForceClose();
        lock (_budget.Gate)
        {
            for (var i = 0; i < open.Length; i++)
                Closed();
            Monitor.PulseAll(_budget.Gate);
        }
    }

    // Under the gate. A store that has hardly any file open may always have one more: it never waits for what others hold.
    private bool TryReserve()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_reserved >= _ownLimit)
            return false;
        if (_budget.Reserved >= _budget.Limit && _reserved >= OpenFileBudget.LeastOfAStore)
            return false;
        _budget.Reserved++;
        _highWater = Math.Max(_highWater, ++_reserved);
        return true;
    }
}
