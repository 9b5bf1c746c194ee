using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The life of a camera's chunk rows: planes enter, the workers get what is whole, what is written ends. All of it is here, so that
/// each count has its end beside its beginning.
/// </summary>
/// <param name="levels">The arrays, by their level.</param>
/// <param name="inFlight">Counts chunk rows and early copies as jobs.</param>
/// <param name="room">Where a frame waits for what a chunk row's end frees.</param>
/// <param name="ready">Gives the workers a chunk row whose frames are all in.</param>
/// <param name="copyEarly">Gives the workers a plane to copy, with the generation of the job.</param>
internal sealed class ChunkRowLifecycle(
    LevelArrays[] levels, InFlightCounts inFlight, RoomWait room, Action<ChunkRow> ready, Action<EarlyCopy, int> copyEarly)
{
    /// <summary>Takes a plane of full resolution, or its absence; the distributor only.</summary>
    public void Enter(ChunkRow chunkRow, int position, FramePart part)
    {
        var array = levels[chunkRow.Encoding.Level][chunkRow.Image];
        if (part.IsMissing || chunkRow.Assembly is null)
        {
            array.Enter(chunkRow, position, part);
            CompleteFrames(chunkRow, 1);
            return;
        }

        array.Enter(chunkRow, position, FramePart.Copied);
        copyEarly(new EarlyCopy(chunkRow, position, part), inFlight.BeginJob());
        inFlight.Signal.Notify();
    }

    /// <summary>Counts frames of a chunk row as complete, and hands it on when they were its last; any thread.</summary>
    public void CompleteFrames(ChunkRow chunkRow, int frames)
    {
        if (!chunkRow.CompleteFrames(frames))
            return;
        // Also one without any frame: its end may complete a shard, which is a worker's business.
        chunkRow.Generation = inFlight.BeginJob();
        ready(chunkRow);
        inFlight.Signal.Notify();
    }

    /// <summary>Makes all chunk rows ready that still wait for frames, as they are; once no frame can come any more.</summary>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void CloseOpen(Action<Action> guard)
    {
        foreach (var array in levels.SelectMany(level => level.Made))
        {
            foreach (var chunkRow in array.Open.ToArray())
            {
                array.Close(chunkRow);
                guard(() => CompleteFrames(chunkRow, chunkRow.Expected - chunkRow.Routed));
            }
        }
    }

    /// <summary>Ends a chunk row, which may let a waiting frame go on; any worker.</summary>
    /// <param name="chunkRow">Not to be used by the caller any more.</param>
    /// <param name="written">Whether all of its chunks are on the store, or it had none.</param>
    public void Finish(ChunkRow chunkRow, bool written)
    {
        levels[chunkRow.Encoding.Level][chunkRow.Image].Finish(chunkRow, written);
        room.LookAgain();
    }
}
