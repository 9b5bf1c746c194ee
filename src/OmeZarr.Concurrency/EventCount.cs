namespace OmeZarr.Concurrency;

/// <summary>
/// Lets threads sleep until "something changed" without a lock and without a lost wake-up. A waiter takes a <see cref="Prepare"/>
/// ticket, checks once more for work, and only then waits. A notifier changes the shared state first and then calls <see
/// cref="Notify"/>, which costs one fence when nobody sleeps.
/// </summary>
public sealed unsafe class EventCount
{
    private const int Line = PaddedLong.CacheLine / sizeof(int);

    // Pinned, since the operating system is given a word's address, and managed, so that a late notifier never touches
    // freed memory. Epoch and sleepers are on cache lines of their own.
    private readonly int[] _words = GC.AllocateArray<int>(4 * Line, pinned: true);

    private ref int Epoch => ref _words[Line];

    private ref int Sleepers => ref _words[2 * Line];

    /// <summary>Number of threads that sleep or are about to.</summary>
    public int Waiting => Volatile.Read(ref Sleepers);

    /// <summary>
    /// Registers a waiter. Every <c>Prepare</c> is followed by exactly one <see cref="Wait"/> or <see cref="Cancel"/>. The
    /// interlocked increment is a full fence: state read after it is at least as new as the check for sleepers of any notifier
    /// that missed this one.
    /// </summary>
    public int Prepare()
    {
        Interlocked.Increment(ref Sleepers);
        return Volatile.Read(ref Epoch);
    }

    /// <summary>Whether nobody has been notified since the ticket was taken.</summary>
    public bool IsCurrent(int ticket) => Volatile.Read(ref Epoch) == ticket;

    /// <summary>Unregisters a waiter that found no need to wait.</summary>
    public void Cancel() => Interlocked.Decrement(ref Sleepers);

    /// <summary>Sleeps until a notify after <paramref name="ticket"/>, or the time-out in milliseconds (-1: none).</summary>
    public void Wait(int ticket, int timeoutMs) => WaitMicroseconds(ticket, timeoutMs < 0 ? -1 : timeoutMs * 1000L);

    /// <summary>As <see cref="Wait"/>, with the time-out in microseconds.</summary>
    public void WaitMicroseconds(int ticket, long timeout)
    {
        if (IsCurrent(ticket))
        {
            // SAFETY: the array is pinned and this object keeps it alive.
            fixed (int* epoch = &Epoch)
                AddressWait.Wait(epoch, ticket, timeout);
        }

        Interlocked.Decrement(ref Sleepers);
    }

    /// <summary>Wakes every waiter. Call after the state that they wait for has changed.</summary>
    public void Notify()
    {
        if (!HasSleepers())
            return;
        Interlocked.Increment(ref Epoch);
        // SAFETY: as in Wait.
        fixed (int* epoch = &Epoch)
            AddressWait.WakeAll(epoch);
    }

    /// <summary>
    /// Wakes one waiter, where any of them can do the work. A waiter that is registered but not yet asleep does not fall asleep.
    /// </summary>
    public void NotifyOne()
    {
        if (!HasSleepers())
            return;
        Interlocked.Increment(ref Epoch);
        // SAFETY: as in Wait.
        fixed (int* epoch = &Epoch)
            AddressWait.WakeOne(epoch);
    }

    private bool HasSleepers()
    {
        // Orders the caller's change before the check for sleepers (store-load); pairs with Prepare's increment.
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref Sleepers) != 0;
    }
}
