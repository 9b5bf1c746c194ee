using OmeZarr.Concurrency;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>The work that workers do for one camera, except for the batches that all cameras share. Any worker.</summary>
/// <param name="distributor">Routes the frames that have come.</param>
/// <param name="ready">The queued work.</param>
/// <param name="chunkRows">Receives planes.</param>
/// <param name="room">Where a frame waits for room that work makes.</param>
/// <param name="inFlight">Counts the work.</param>
/// <param name="fault">The stream's first failure.</param>
internal sealed class CameraWork(
    FrameDistributor distributor, ReadyWork ready, ChunkRowLifecycle chunkRows, RoomWait room, InFlightCounts inFlight,
    StickyFault fault)
{
    private PaddedLong _planesWritten;

    /// <summary>The queued work.</summary>
    public ReadyWork Ready => ready;

    /// <summary>Planes of full resolution of which every chunk has been handed to the store.</summary>
    public long PlanesWritten => Volatile.Read(ref _planesWritten.Value);

    /// <summary>Whether a worker would find something to do now.</summary>
    public bool HasWork => distributor.HasWork || ready.HasRunnable;

    /// <summary>Routes the frames that have come, unless another worker does; returns whether there were any.</summary>
    public bool TryDistribute()
    {
        try
        {
            return distributor.TryRun();
        }
        catch (Exception exception)
        {
            // A frame that cannot be routed is lost: report it, and let the stream end.
            fault.Set(StreamFault.From(exception));
            room.End();
            return true;
        }
    }

    /// <summary>Copies a plane into its chunk row's memory, and frees its slot.</summary>
    public void CopyEarly(ChunkRowEncoder encoder, in WorkItem item)
    {
        var copy = item.EarlyCopy;
        try
        {
            if (!fault.IsDiscarding)
            {
                encoder.CopyEarly(copy);
                copy.ChunkRow.MarkCopied(copy.Position);
            }
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
        }

        copy.ChunkRow.Source.Slots.Release(copy.Part.Slot);
        chunkRows.CompleteFrames(copy.ChunkRow, 1);
        EndJob(item.Generation);
    }

    /// <summary>
    /// Makes a plane of a level. When this completes the next level's plane, it makes that one too, while the pixels are in the
    /// cache.
    /// </summary>
    public void Downsample(PlaneDownsampler downsampler, PlaneDownsampling? downsampling, int generation)
    {
        while (downsampling is not null)
        {
            try
            {
                if (!fault.IsDiscarding)
                    downsampler.Downsample(downsampling);
            }
            catch (Exception exception)
            {
                fault.Set(StreamFault.From(exception));
            }

            downsampling = End(downsampling);
        }

        EndJob(generation);
    }

    /// <summary>Records that a batch of a chunk row no longer needs the frames; the last one frees their slots.</summary>
    public void LeaveFrames(ChunkRow chunkRow)
    {
        if (!chunkRow.LeaveFrames())
            return;
        foreach (var part in chunkRow.Parts)
        {
            if (part.HasSlot)
                chunkRow.Source.Slots.Release(part.Slot);
        }

        // A frame may be waiting for a slot of a level.
        if (chunkRow.Encoding.Level > 0)
            room.LookAgain();
    }

    /// <summary>Finishes a chunk row whose batches are all written or given up, or that has none.</summary>
    public void Finish(ChunkRow chunkRow)
    {
        var written = !fault.IsDiscarding;
        if (written && chunkRow.Encoding.Level == 0)
            Interlocked.Add(ref _planesWritten.Value, chunkRow.Frames);
        var generation = chunkRow.Generation;
        try
        {
            chunkRows.Finish(chunkRow, written);
        }
        catch (Exception exception)
        {
            fault.Set(StreamFault.From(exception));
        }

        EndJob(generation);
    }

    /// <summary>
    /// Runs what holds slots or memory for a moment without being work of the camera: meanwhile nobody takes its frames for stuck.
    /// </summary>
    public T Look<T>(Func<T> look)
    {
        var generation = inFlight.BeginJob();
        try
        {
            return look();
        }
        finally
        {
            room.LookAgain();
            EndJob(generation);
        }
    }

    private PlaneDownsampling? End(PlaneDownsampling downsampling)
    {
        var (chunkRow, next) = (downsampling.ChunkRow, downsampling.Next);
        downsampling.LeaveSources();
        downsampling.Level.Retire(downsampling);
        room.LookAgain();
        chunkRows.CompleteFrames(chunkRow, 1);
        return next?.CompleteSources(1) == true ? next : null;
    }

    // This may have been the last job, with a frame left waiting for room that nobody makes any more.
    private void EndJob(int generation)
    {
        inFlight.EndJob(generation);
        room.EndIfStuck();
    }
}
