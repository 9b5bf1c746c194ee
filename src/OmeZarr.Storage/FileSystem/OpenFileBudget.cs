using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// What all stores of a process may have open together. Whoever needs one more file closes the one that was idle longest,
/// whichever store it belongs to. Any thread.
/// </summary>
internal sealed class OpenFileBudget
{
    /// <summary>Files that a store may always have open, so that it gets on whatever the others hold.</summary>
    public const int LeastOfAStore = 2;

    private readonly List<HandlePool> _pools = [];
    private int _waiting;

    public OpenFileBudget(int limit) => Limit = limit;

    /// <summary>
    /// The one that stores share unless a test gives them another. The process's limit is the process's: hence static.
    /// </summary>
    public static OpenFileBudget OfProcess { get; } = new(DefaultLimit());

    /// <summary>Closes a file; replaced by tests.</summary>
    public Action<SafeFileHandle> Close { get; init; } = static handle => handle.Dispose();

    /// <summary>Guards everything in here and in the pools; never held while a file is opened or closed.</summary>
    public object Gate { get; } = new();

    /// <summary>The most files that should be open at the same time.</summary>
    public int Limit { get; private set; }

    /// <summary>Files that are open, or may be opened; under the gate.</summary>
    public int Reserved { get; set; }

    /// <summary>A quarter of what the process may open, at least 16 and at most 512: the host needs files too.</summary>
    public static int DefaultLimit()
    {
        // Windows has no such limit short of millions of handles.
        var allowed = OperatingSystem.IsWindows() ? null : UnixCalls.OpenFileLimit();
        return (int)Math.Clamp((allowed ?? 2048) / 4, 16, 512);
    }

    /// <summary>Takes a pool in. The host may have changed the process's limit since the last one.</summary>
    public void Add(HandlePool pool)
    {
        lock (Gate)
        {
            if (this == OfProcess)
                Limit = DefaultLimit();
            _pools.Add(pool);
        }
    }

    public void Remove(HandlePool pool)
    {
        lock (Gate)
            _pools.Remove(pool);
    }

    /// <summary>
    /// Counts descriptors that stay open as long as a store does, such as that of its folder; negative when they are closed.
    /// </summary>
    public void Count(int descriptors)
    {
        lock (Gate)
            Reserved += descriptors;
    }

    /// <summary>Closes the file that was idle longest, to make room for others in the process. False when none is idle.</summary>
    public bool TryCloseOne()
    {
        IdleFile idle;
        lock (Gate)
        {
            if (TakeIdle(null) is not { } taken)
                return false;
            idle = taken;
        }

        Close(idle.Handle);
        lock (Gate)
            idle.Owner.Closed();
        return true;
    }

    /// <summary>Wakes whoever waits for an idle file; called when a file has become idle.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _waiting) == 0)
            return;
        lock (Gate)
            Monitor.PulseAll(Gate);
    }

    /// <summary>
    /// Under the gate: an idle file to be closed; or, after something may have changed or so many milliseconds, null.
    /// </summary>
    public IdleFile? TakeIdleOrWait(long milliseconds, HandlePool? of)
    {
        // The increment is a full barrier before the scan below; PooledFile.Release gives its user count back with a full
        // barrier before it looks here. One of the two sees the other, so no wake-up is lost.
        Interlocked.Increment(ref _waiting);
        try
        {
            var idle = TakeIdle(of);
            if (idle is null)
                Monitor.Wait(Gate, (int)milliseconds);
            return idle;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>
    /// Under the gate: the file that was idle longest, of one pool or of all, which nobody can use any more. The caller closes it
    /// without the gate, since a close may take as long as the system likes, and then tells its owner.
    /// </summary>
    private IdleFile? TakeIdle(HandlePool? of)
    {
        while (true)
        {
            var oldest = of?.OldestIdle();
            var owner = of;
            // Some hundred files, and only when one has to be opened, which costs far more than the scan.
            foreach (var pool in of is null ? _pools : [])
            {
                if (pool.OldestIdle() is { } file && (oldest is null || file.LastUse < oldest.LastUse))
                    (oldest, owner) = (file, pool);
            }

            if (oldest is null)
                return null;
            // Otherwise a writer took it this very moment.
            if (owner!.TryTake(oldest) is { } handle)
                return new IdleFile(owner, handle);
        }
    }

    /// <summary>An open file that nobody uses any more; counted until its owner knows that it is closed.</summary>
    internal readonly record struct IdleFile(HandlePool Owner, SafeFileHandle Handle);
}
