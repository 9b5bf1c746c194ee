using OmeZarr.Concurrency;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The wait of a frame for room that only finished work makes: an assembly buffer, or a slot for a plane of a level. One frame
/// waits at a time, and all frames behind it.
/// </summary>
internal sealed class RoomWait(InFlightCounts inFlight, StickyFault fault)
{
    private const int NotWaiting = 0;
    private const int LookingAgain = -1;

    private int _wait; // Positive: the number of the current wait.
    private int _waits;

    public bool IsWaiting => Volatile.Read(ref _wait) != NotWaiting;

    /// <summary>Looks for room, and begins to wait when there is none; the distributor only.</summary>
    /// <param name="find">Returns whether there is room.</param>
    public bool FindOrWait(Func<bool> find)
    {
        if (find())
            return true;
        // Work that finished between the first look and this mark could leave the mark set for ever: look again.
        Volatile.Write(ref _wait, LookingAgain);
        Interlocked.MemoryBarrier();
        if (find())
        {
            Volatile.Write(ref _wait, NotWaiting);
            return true;
        }

        // Unless some work has finished since. A full fence: either this sees that no job is left, or the last job sees the wait.
        _waits = _waits % int.MaxValue + 1;
        if (Interlocked.CompareExchange(ref _wait, _waits, LookingAgain) == LookingAgain)
            EndIfStuck();
        return false;
    }

    /// <summary>Lets the waiting frame, if any, be tried again: work has finished. Any worker.</summary>
    public void LookAgain()
    {
        if (IsWaiting)
            End();
    }

    /// <summary>Lets a waiting frame be tried again unconditionally.</summary>
    public void End()
    {
        Volatile.Write(ref _wait, NotWaiting);
        inFlight.Signal.Notify();
    }

    /// <summary>
    /// Ends the stream when a frame waits for room and no job is left that could make any: the frames that would complete the
    /// open chunk rows are behind it, or never came. Any worker; after each job.
    /// </summary>
    public void EndIfStuck()
    {
        // The same wait before and after: no job began in between, since only the end of this wait lets frames become jobs.
        var wait = Volatile.Read(ref _wait);
        if (wait <= NotWaiting || !inFlight.NoJobs || Volatile.Read(ref _wait) != wait)
            return;
        if (!fault.IsDiscarding)
        {
            fault.Set(new StreamFault(
                FaultKind.Stalled,
                "frames came in an order that keeps more chunks open than there is memory for: raise pipeline.ring_frames"));
        }

        End();
    }
}
