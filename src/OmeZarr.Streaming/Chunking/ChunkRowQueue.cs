
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Chunking;

/// <summary>Hands chunk rows whose frames are all in to the workers, and ends those that are done. Any thread.</summary>
internal sealed class ChunkRowQueue(ReadyWork ready, InFlightCounts inFlight, RoomWait room)
{
    /// <summary>Counts frames of a chunk row as complete, and hands it on when they were its last.</summary>
    public void CompleteFrames(ChunkRow chunkRow, int frames)
    {
        if (!chunkRow.CompleteFrames(frames))
            return;
        // Also one without any frame: its end may complete a shard, which is a worker's business.
        chunkRow.Generation = inFlight.BeginJob();
        ready.Add(chunkRow);
        inFlight.Work.Notify();
    }

    /// <summary>Ends a chunk row, which may let a waiting frame go on.</summary>
    public void Finish(ChunkRow chunkRow, bool written)
    {
        chunkRow.Array.Finish(chunkRow, written);
        room.LookAgain();
    }
}
