using System.Diagnostics;
using System.Runtime.CompilerServices;
using OmeZarr.Memory;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Where workers rest when there is nothing to do, and how they learn that there is something. The last worker that would
/// go to sleep keeps watch instead: it looks for work by itself every now and then, so that a camera's thread that hands
/// in frames finds somebody attentive and is spared the system call that wakes a thread.
/// </summary>
/// <remarks>
/// Waking a thread costs its waker up to 80 microseconds on a virtual machine (the other processor must be interrupted),
/// several times what handing in a frame costs. The watch looks often while work is recent and ever more rarely after; it
/// ends, and the worker sleeps, once nothing has come for a while.
/// </remarks>
internal sealed class WorkWatch
{
    private const long ShortestLookMicroseconds = 200;
    private const long LongestLookMicroseconds = 10_000;
    private const long WatchMicroseconds = 2_000_000;

    private readonly EventCount _sleep = new();
    private readonly EventCount _watch = new();
    private long _attentive;
    private int _isWatched;
    private int _resting;

    /// <summary>Workers that have nothing to do, a moment ago.</summary>
    public int Resting => Volatile.Read(ref _resting);

    /// <summary>Says that a worker begins, awake.</summary>
    public void Enter() => Interlocked.Increment(ref _attentive);

    /// <summary>
    /// Says that there is work. Call after it can be found. A system call only when every worker sleeps; otherwise whoever
    /// is awake, or keeps watch, finds it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Announce()
    {
        // Store-load: either this sees that nobody is attentive, or who stops being so sees the work.
        Interlocked.MemoryBarrier();
        Interruption.MayCome();
        if (Volatile.Read(ref _attentive) == 0)
            _sleep.NotifyOne();
    }

    /// <summary>Makes workers that rest look at once: there is more than others can do, or somebody waits for it.</summary>
    public void Summon()
    {
        _watch.Notify();
        _sleep.NotifyOne();
    }

    /// <summary>Makes every worker look; after the condition for their end has been set.</summary>
    public void WakeAll()
    {
        _sleep.Notify();
        _watch.Notify();
    }

    /// <summary>Rests until there may be work, or for no reason at all; a worker without any.</summary>
    /// <param name="mayWork">Whether there may be something to do now, or the workers are to end.</param>
    public void Rest(Func<bool> mayWork)
    {
        Interlocked.Increment(ref _resting);
        if (Interlocked.CompareExchange(ref _isWatched, 1, 0) != 0 || !Watch(mayWork))
            Sleep(mayWork);
        Interlocked.Decrement(ref _resting);
    }

    // Returns whether there was work.
    private bool Watch(Func<bool> mayWork)
    {
        var since = Stopwatch.GetTimestamp();
        var found = false;
        while (true)
        {
            var idle = Elapsed.NanosecondsSince(since) / 1000;
            if (idle * Interruption.WatchHaste >= WatchMicroseconds)
                break;
            if (idle >= WatchMicroseconds)
                break;
            var ticket = _watch.Prepare();
            found = mayWork();
            if (found)
            {
                _watch.Cancel();
                break;
            }

            _watch.WaitMicroseconds(ticket, Math.Clamp(idle / 4, ShortestLookMicroseconds, LongestLookMicroseconds));
        }

        Volatile.Write(ref _isWatched, 0);
        return found;
    }

    private void SleepLate(Func<bool> mayWork, int ticket)
    {
        var any = mayWork();
        Interruption.Comes();
        Interlocked.Decrement(ref _attentive);
        if (any)
            _sleep.Cancel();
        else
            _sleep.Wait(ticket, -1);
        Interlocked.Increment(ref _attentive);
    }

    private void Sleep(Func<bool> mayWork)
    {
        var ticket = _sleep.Prepare();
        if (Defect.LateLeave.IsChosen)
        {
            SleepLate(mayWork, ticket);
            return;
        }

        Interlocked.Decrement(ref _attentive);
        Interruption.Comes();
        if (mayWork())
            _sleep.Cancel();
        else
            _sleep.Wait(ticket, -1);
        Interlocked.Increment(ref _attentive);
    }
}
