using OmeZarr.Concurrency;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>What workers do for one camera, but for the batches that all cameras share. Any worker.</summary>
/// <param name="distributor">Sorts the frames that have come.</param>
/// <param name="ready">What waits for workers.</param>
/// <param name="chunkRows">Where planes go.</param>
/// <param name="room">Where a frame waits for room that work makes.</param>
/// <param name="inFlight">Counts the work.</param>
/// <param name="fault">The stream's first failure.</param>
internal sealed class CameraWork(
    FrameDistributor distributor, ReadyWork ready, ChunkRowLifecycle chunkRows, RoomWait room, InFlightCounts inFlight, StickyFault fault)
{
    private PaddedLong _planesWritten;

    /// <summary>What waits for workers.</summary>
    public ReadyWork Ready => ready;

    /// <summary>Planes of full resolution whose every chunk has been handed to the store.</summary>
    public long PlanesWritten => Volatile.Read(ref _planesWritten.Value);

    /// <summary>Whether a worker would find something to do just now.</summary>
    public bool HasWork => distributor.HasWork || ready.HasRunnable;

    /// <summary>Sorts the frames that have come, unless another worker does; returns whether there were any.</summary>
    public bool TryDistribute()
    {
        try
        {
            return distributor.TryRun();
        }
        catch (Exception exception)
        {
            // A frame that cannot be sorted is lost whatever follows: say so, and let the stream end.
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
                encoder.CopyEarly(copy);
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
    /// Makes a plane of a level. Goes on with the next level's plane when this was the last that it waited for: its pixels are in
    /// the cache.
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

    /// <summary>Says that a batch of a chunk row needs the frames no more; the last one frees their slots.</summary>
    public void LeaveFrames(ChunkRow chunkRow)
    {
        if (!chunkRow.LeaveFrames())
            return;
        foreach (var part in chunkRow.Parts)
        {
            if (part.HasSlot)
                chunkRow.Source.Slots.Release(part.Slot);
        }

        // Slots of a level are room that a frame may wait for.
        if (chunkRow.Encoding.Level > 0)
            room.LookAgain();
    }

    /// <summary>Ends a chunk row whose batches are all written or given up, or that has none.</summary>
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

    private PlaneDownsampling? End(PlaneDownsampling downsampling)
    {
        var (chunkRow, next) = (downsampling.ChunkRow, downsampling.Next);
        downsampling.LeaveSources();
        downsampling.Level.Retire(downsampling);
        room.LookAgain();
        chunkRows.CompleteFrames(chunkRow, 1);
        return next?.CompleteSources(1) == true ? next : null;
    }

    // The last job may have left a frame behind that waits for room that nobody makes any more.
    private void EndJob(int generation)
    {
        inFlight.EndJob(generation);
        room.EndIfStuck();
    }
}
