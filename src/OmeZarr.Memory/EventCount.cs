using System.Runtime.InteropServices;

namespace OmeZarr.Memory;

/// <summary>
/// Lets threads sleep until "something changed" without a lock and without a lost wake-up. A waiter takes a
/// <see cref="Prepare"/> ticket, looks once more whether there is work, and only then waits; a notifier changes the
/// shared state first and then calls <see cref="Notify"/>, which costs one fence when nobody sleeps.
/// </summary>
public sealed unsafe class EventCount : IDisposable
{
    // Off the managed heap, since the operating system is given the word's address. Two cache lines: epoch, then sleepers.
    private readonly int* _words = (int*)NativeMemory.AlignedAlloc(2 * PaddedLong.CacheLine, PaddedLong.CacheLine);

    public EventCount() => NativeMemory.Clear(_words, 2 * PaddedLong.CacheLine);

    private int* Epoch => _words;

    private ref int Sleepers => ref _words[PaddedLong.CacheLine / sizeof(int)];

    /// <summary>Number of threads that sleep or are about to.</summary>
    public int Waiting => Volatile.Read(ref Sleepers);

    /// <summary>
    /// Announces a wait. Every <c>Prepare</c> is followed by exactly one <see cref="Wait"/> or <see cref="Cancel"/>.
    /// The interlocked increment is a full fence: state read after it is at least as new as any notifier's
    /// check for sleepers that missed this one.
    /// </summary>
    public int Prepare()
    {
        Interlocked.Increment(ref Sleepers);
        return Volatile.Read(ref *Epoch);
    }

    /// <summary>Withdraws a wait that turned out to be unnecessary.</summary>
    public void Cancel() => Interlocked.Decrement(ref Sleepers);

    /// <summary>Sleeps until a notify after <paramref name="ticket"/>, or the time-out in milliseconds (-1: none).</summary>
    public void Wait(int ticket, int timeoutMs)
    {
        if (Volatile.Read(ref *Epoch) == ticket)
            AddressWait.Wait(Epoch, ticket, timeoutMs);
        Interlocked.Decrement(ref Sleepers);
    }

    /// <summary>Wakes every waiter. Call after the state that they wait for has been changed.</summary>
    public void Notify()
    {
        // Orders the caller's change before the look at the sleepers (store-load); pairs with Prepare's increment.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref Sleepers) == 0)
            return;
        Interlocked.Increment(ref *Epoch);
        AddressWait.WakeAll(Epoch);
    }

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose() => NativeMemory.AlignedFree(_words);
}
