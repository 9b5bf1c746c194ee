using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The life of a camera's chunk rows: planes enter, complete rows go to the workers, written rows end. It is all here, so that
/// the begin and end of each count are side by side.
/// </summary>
/// <param name="levels">The arrays, by level.</param>
/// <param name="inFlight">Counts chunk rows and early copies as jobs.</param>
/// <param name="room">Where a frame waits for the memory that a finished chunk row frees.</param>
/// <param name="ready">Hands a complete chunk row to the workers.</param>
/// <param name="copyEarly">Hands a plane to be copied early to the workers, with the generation of the job.</param>
internal sealed class ChunkRowLifecycle(
    LevelArrays[] levels, InFlightCounts inFlight, RoomWait room, Action<ChunkRow> ready, Action<EarlyCopy, int> copyEarly)
{
    /// <summary>Enters a plane of full resolution, or its absence; the distributor only.</summary>
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

    /// <summary>Counts frames of a chunk row as complete; the last one hands the row to the workers. Any thread.</summary>
    public void CompleteFrames(ChunkRow chunkRow, int frames)
    {
        if (!chunkRow.CompleteFrames(frames))
            return;
        // A row without any frame goes to the workers too: its end may complete a shard, which is a worker's task.
        chunkRow.Generation = inFlight.BeginJob();
        ready(chunkRow);
        inFlight.Signal.Notify();
    }

    /// <summary>Hands all incomplete chunk rows to the workers as they are; once no frame can come any more.</summary>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
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

    /// <summary>Finishes a chunk row, which may let a waiting frame go on; any worker.</summary>
    /// <param name="chunkRow">The caller must not use it afterwards.</param>
    /// <param name="written">Whether all of its chunks are stored, or it had none.</param>
    public void Finish(ChunkRow chunkRow, bool written)
    {
        levels[chunkRow.Encoding.Level][chunkRow.Image].Finish(chunkRow, written);
        room.LookAgain();
    }
}
