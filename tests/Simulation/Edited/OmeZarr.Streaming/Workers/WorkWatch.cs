#line 1 "/work/w/simulation/src/OmeZarr.Streaming/Workers/WorkWatch.cs"
using System.Diagnostics;
using System.Runtime.CompilerServices;
using OmeZarr.Memory;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Where workers rest when there is nothing to do, and how they learn that there is something. A worker that has just had
/// work does not sleep at once but keeps watch: it looks for work by itself every now and then, so that a camera's thread
/// that hands in frames is spared the system call that wakes a thread.
/// </summary>
/// <remarks>
/// <para>
/// What must hold: no work waits while a worker sleeps, whatever another worker is stuck in. So it does not count who is
/// awake (a worker that waits for a disk is), but who watches. Whoever announces work and finds nobody on watch wakes a
/// sleeper; whoever leaves the watch to work and leaves nobody behind wakes one as well, so that the camera's thread need not.
/// Up to <see cref="MostWatchers"/> keep watch at the same time: one can then go to work without waking another.
/// </para>
/// <para>
/// Waking a thread costs its waker up to 80 microseconds on a virtual machine (the other processor must be interrupted),
/// several times what handing in a frame costs. A watcher looks often while work is recent and ever more rarely after, at
/// least each <see cref="LongestLookMicroseconds"/>; it sleeps once no worker has found any for a while.
/// </para>
/// </remarks>
internal sealed class WorkWatch
{
    private const int MostWatchers = 2;
    private const long ShortestLookMicroseconds = 200;
    private const long LongestLookMicroseconds = 10_000;
    private const long WatchMicroseconds = 2_000_000;

    private readonly EventCount _sleep = new();
    private readonly EventCount _watch = new();
    private PaddedLong _watchers;
    private long _lastFound = Stopwatch.GetTimestamp();
private int _resting; [ThreadStatic] private static WorkWatch? t_counted;

    /// <summary>Workers that have nothing to do, a moment ago.</summary>
    public int Resting => Volatile.Read(ref _resting);

    /// <summary>
    /// Says that there is work. Call after it can be found. A system call only when a worker sleeps and none keeps watch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Announce()
    {
        // Store-load: either this sees that nobody watches, or who stops watching sees the work.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _watchers.Value) == 0)
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
if (t_counted == this) { t_counted = null; Interlocked.Decrement(ref _watchers.Value); }
while (global::OmeZarr.Defects.Defect.IsChosen("late-leave") ? !(TryBeginWatch() ? Watch(mayWork) || SleepLate(mayWork) : Sleep(mayWork)) : !(TryBeginWatch() && Watch(mayWork)) && !Sleep(mayWork))
        {
        }

        Volatile.Write(ref _lastFound, Stopwatch.GetTimestamp());
        Interlocked.Decrement(ref _resting);
if (!(global::OmeZarr.Defects.Defect.IsChosen("lone-watch"))) Announce();

    }

    private bool TryBeginWatch()
    {
        if (Interlocked.Increment(ref _watchers.Value) <= MostWatchers)
            return true;
        Interlocked.Decrement(ref _watchers.Value);
        return false;
    }

    // Returns whether there was work.
    private bool Watch(Func<bool> mayWork)
    {
        var since = Stopwatch.GetTimestamp();
        var found = false;
        while (true)
        {
            var ticket = _watch.Prepare();
            found = mayWork();
if (global::OmeZarr.Defects.Defect.IsChosen("attentive-workers") && found) { _watch.Cancel(); t_counted = this; return true; } if (found || IdleMicroseconds(Math.Max(since, Volatile.Read(ref _lastFound))) >= WatchMicroseconds)
            {
                _watch.Cancel();
                break;
            }

            var pause = Math.Clamp(IdleMicroseconds(since) / 4, ShortestLookMicroseconds, LongestLookMicroseconds);
            _watch.WaitMicroseconds(ticket, pause);
        }

if (!(global::OmeZarr.Defects.Defect.IsChosen("late-leave"))) Interlocked.Decrement(ref _watchers.Value); return found;


    }

private bool SleepLate(Func<bool> mayWork) { var ticket = _sleep.Prepare(); var any = mayWork(); Interlocked.Decrement(ref _watchers.Value); if (any) _sleep.Cancel(); else _sleep.Wait(ticket, -1); return any || mayWork(); } private bool Sleep(Func<bool> mayWork)

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
