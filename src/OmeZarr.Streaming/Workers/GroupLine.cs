using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Intake;

namespace OmeZarr.Streaming.Workers;

/// <summary>Hands groups of chunks whose frames are all in to the workers, and ends those that are done. Any thread.</summary>
internal sealed class GroupLine(ReadyWork ready, WorkInFlight inFlight, RoomWait room)
{
    /// <summary>Counts frames of a group as settled, and hands it on when they were its last.</summary>
    public void Settle(ChunkGroup group, int frames)
    {
        if (!group.Settle(frames))
            return;
        // Also one without any frame: its end may complete a shard, which is a worker's business.
        group.Generation = inFlight.BeginJob();
        ready.Add(group);
        inFlight.Work.Announce();
    }

    /// <summary>Ends a group, which may let a waiting frame go on.</summary>
    public void Finish(ChunkGroup group, bool written)
    {
        group.Array.Finish(group, written);
        room.LookAgain();
    }
}
