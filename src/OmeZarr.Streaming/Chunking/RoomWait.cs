
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The wait of a frame for room that only finished work makes: an assembly buffer, or a place for a plane of a level. One
/// frame waits at a time, with all behind it.
/// </summary>
internal sealed class RoomWait(InFlightCounts inFlight, StickyFault fault)
{
    private const int NotWaiting = 0;
    private const int LookingAgain = -1;

    private int _wait; // Positive: the number of the wait that is going on.
    private int _waits;

    public bool IsWaiting => Volatile.Read(ref _wait) != NotWaiting;

    /// <summary>Looks for room, and begins to wait when there is none; the distributor only.</summary>
    /// <param name="find">Returns whether there is room.</param>
    public bool FindOrWait(Func<bool> find)
    {
        if (find())
            return true;
        // Work that finished between the look and this mark would leave the mark standing for ever: look again.
        Volatile.Write(ref _wait, LookingAgain);
        Interlocked.MemoryBarrier();
        if (find())
        {
            Volatile.Write(ref _wait, NotWaiting);
            return true;
        }

        // Unless some has finished since. A full fence: either this sees that no job is left, or the last job sees the wait.
        _waits = _waits % int.MaxValue + 1;
        if (Interlocked.CompareExchange(ref _wait, _waits, LookingAgain) == LookingAgain)
            EndIfStuck();
        return false;
    }

    /// <summary>Lets the waiting frame, if there is one, be tried again: work has finished. Any worker.</summary>
    public void LookAgain()
    {
        if (IsWaiting)
            End();
    }

    /// <summary>Lets a waiting frame be tried again, whatever was seen.</summary>
    public void End()
    {
        Volatile.Write(ref _wait, NotWaiting);
        inFlight.Signal.Notify();
    }

    /// <summary>
    /// Ends the stream when a frame waits for room and no job is left that could make any: the frames that would complete
    /// what is open are behind it, or never came. Any worker; after each job.
    /// </summary>
    public void EndIfStuck()
    {
        // The same wait before and after: no job began in between, since only this wait's end lets frames lead to jobs.
        var wait = Volatile.Read(ref _wait);
        if (wait <= NotWaiting || !inFlight.NoJobs || Volatile.Read(ref _wait) != wait)
            return;
        if (!fault.IsDiscarding)
        {
            fault.Set(new StreamFault(
                FaultKind.Stalled, "frames came in an order that keeps more chunks open than there is memory for: raise pipeline.ring_frames"));
        }

        End();
    }
}
