using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// Where workers rest when there is nothing to do, and how they learn of new work. A worker that has just had work does not sleep
/// at once but polls: it looks for work by itself now and then, which spares a camera's thread the system call that wakes a
/// thread.
/// </summary>
/// <remarks>
/// <para>
/// The invariant: no work waits while a worker sleeps, whatever another worker is stuck in. So it does not count the workers that
/// are awake (a worker that waits for a disk is), but those that poll. A thread that adds work and finds no poller wakes a
/// sleeper. A poller that goes to work and leaves no other poller behind wakes one as well, so that the camera's thread need not.
/// Up to <see cref="MostPollers"/> workers poll at the same time: then one can go to work without waking another.
/// </para>
/// <para>
/// Waking a thread costs the waker up to 80 microseconds on a virtual machine (the other processor must be interrupted), several
/// times the cost of handing in a frame. A poller looks often while work is recent and then ever more rarely, at least every <see
/// cref="LongestLookMicroseconds"/>; it sleeps once no worker has found any for a while.
/// </para>
/// </remarks>
public sealed class WorkerSignal
{
    private const int MostPollers = 2;
    private const long ShortestLookMicroseconds = 200;
    private const long LongestLookMicroseconds = 10_000;
    private const long PollMicroseconds = 2_000_000;

    private readonly EventCount _sleep = new();
    private readonly EventCount _polling = new();
    private PaddedLong _pollers;
    private long _lastFound = Stopwatch.GetTimestamp();
    private int _resting;

    /// <summary>Workers that have nothing to do; a snapshot.</summary>
    public int Resting => Volatile.Read(ref _resting);

    /// <summary>
    /// Notifies the workers of new work. Call after the work can be found. A system call only when a worker sleeps and none
    /// polls.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Notify()
    {
        // Store-load: either this sees that nobody polls, or a worker that stops polling sees the work.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _pollers.Value) == 0)
            _sleep.NotifyOne();
    }

    /// <summary>Makes resting workers look at once: there is more than others can do, or somebody waits for it.</summary>
    public void Wake()
    {
        _polling.Notify();
        _sleep.NotifyOne();
    }

    /// <summary>Makes every worker look; call after the condition for their end has been set.</summary>
    public void WakeAll()
    {
        _sleep.Notify();
        _polling.Notify();
    }

    /// <summary>Rests until there may be work, or for no reason at all; called by a worker without any.</summary>
    /// <param name="mayWork">Whether there may be something to do now, or the workers are to end.</param>
    public void Rest(Func<bool> mayWork)
    {
        Interlocked.Increment(ref _resting);
        // Woken without finding work, it polls: the thread that woke it may have wanted just that.
        while (!(TryBeginPolling() && Poll(mayWork)) && !Sleep(mayWork))
        {
        }

        Volatile.Write(ref _lastFound, Stopwatch.GetTimestamp());
        Interlocked.Decrement(ref _resting);
        // A worker that goes to work may get stuck there: another one must be looking.
        Notify();
    }

    private bool TryBeginPolling()
    {
        if (Interlocked.Increment(ref _pollers.Value) <= MostPollers)
            return true;
        Interlocked.Decrement(ref _pollers.Value);
        return false;
    }

    // Returns whether there was work.
    private bool Poll(Func<bool> mayWork)
    {
        var since = Stopwatch.GetTimestamp();
        var found = false;
        while (true)
        {
            var ticket = _polling.Prepare();
            found = mayWork();
            if (found || IdleMicroseconds(Math.Max(since, Volatile.Read(ref _lastFound))) >= PollMicroseconds)
            {
                _polling.Cancel();
                break;
            }

            var pause = Math.Clamp(IdleMicroseconds(since) / 4, ShortestLookMicroseconds, LongestLookMicroseconds);
            _polling.WaitMicroseconds(ticket, pause);
        }

        // A full fence: the look for work that follows is as new as any notification that counted on this poller.
        Interlocked.Decrement(ref _pollers.Value);
        return found;
    }

    // Returns whether there is work, before or after it has slept.
    private bool Sleep(Func<bool> mayWork)
    {
        var ticket = _sleep.Prepare();
        if (mayWork())
        {
            _sleep.Cancel();
            return true;
        }

        _sleep.Wait(ticket, -1);
        return mayWork();
    }

    private static long IdleMicroseconds(long since) => Elapsed.NanosecondsSince(since) / 1000;
}
