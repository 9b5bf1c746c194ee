using OmeZarr.Concurrency;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// Routes each plane of a frame through the levels: to the planes that are made from it, and these to their chunks. The
/// distributor alone does all of this when it routes the frame, before any pixel is computed; workers then only follow.
/// </summary>
/// <param name="levels">The levels but the first.</param>
/// <param name="chunkRows">Receives the planes.</param>
/// <param name="ready">Hands the workers a plane whose sources are all present, with the generation of the job.</param>
/// <param name="inFlight">Counts planes that are being made as jobs.</param>
/// <param name="fault">The stream's first failure.</param>
internal sealed class LevelRouter(
    PyramidLevel[] levels, ChunkRowLifecycle chunkRows, Action<PlaneDownsampling, int> ready, InFlightCounts inFlight,
    StickyFault fault)
{
    /// <summary>
    /// Reserves room for all planes that this one completes; false when there is none. Called before <see cref="Route"/>.
    /// </summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes at full resolution.</param>
    /// <param name="isMissing">Whether the plane never comes; a plane whose sources are all missing needs no room.</param>
    public bool TryReserve(int image, ReadOnlySpan<long> index, bool isMissing)
    {
        foreach (var level in levels)
        {
            var downsampling = level.FindOrOpen(image, index, out _);
            isMissing &= !downsampling.HasPixels;
            if (downsampling.Routed + 1 < downsampling.Expected)
                return true;
            if (!isMissing && !level.Planes.TryReserve())
                return false;
            index = downsampling.Index;
        }

        return true;
    }

    /// <summary>Routes a plane of full resolution whose pixels are present, or its absence.</summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes at full resolution.</param>
    /// <param name="part">The plane.</param>
    public void Route(int image, ReadOnlySpan<long> index, FramePart part)
    {
        var downsampling = levels[0].FindOrOpen(image, index, out var position);
        downsampling.Route(position, part);
        if (downsampling.IsRouted)
            Carry(0, downsampling);
        CompleteSources(downsampling, 1);
    }

    /// <summary>Completes all planes that still wait for sources, as they are; once no frame can come any more.</summary>
    /// <param name="end">Length at full resolution of the axis that grows, or is cut back.</param>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
    public void CloseOpen(long end, Action<Action> guard)
    {
        for (var i = 0; i < levels.Length; i++)
        {
            var number = i;
            foreach (var downsampling in levels[i].Open.ToArray())
                guard(() => Close(number, downsampling, end));
        }
    }

    private void Close(int number, PlaneDownsampling downsampling, long end)
    {
        var rest = downsampling.RouteRest(levels[number].SourcesWithin(downsampling, end));
        try
        {
            Carry(number, downsampling);
        }
        finally
        {
            // Whatever happened to its chunks, its sources are released.
            CompleteSources(downsampling, rest);
        }
    }

    // A plane all of whose sources are routed goes to its chunks, and on to the next level. Its sources may become complete only
    // afterwards, so that the worker that makes the plane knows where it goes.
    private void Carry(int number, PlaneDownsampling downsampling)
    {
        var level = levels[number];
        level.Close(downsampling);
        var chunkRow = level.FindOrOpen(downsampling, out var position);
        var target = downsampling.HasPixels ? Take(number) : FramePart.Missing;
        level.Enter(chunkRow, position, target);
        if (!downsampling.HasPixels)
            chunkRows.CompleteFrames(chunkRow, 1);
        downsampling.Begin(target, chunkRow);
        if (++number == levels.Length)
            return;
        var next = levels[number].FindOrOpen(downsampling.Image, downsampling.Index, out position);
        next.Route(position, target);
        if (next.IsRouted)
            Carry(number, next);
        if (target.IsMissing)
            CompleteSources(next, 1);
        else
            downsampling.Next = next;
    }

    private FramePart Take(int number)
    {
        var planes = levels[number].Planes;
        if (!planes.TryReserve() && !fault.IsDiscarding)
            WaitForRoom(planes);
        if (planes.TryReserve())
            return new FramePart(planes.Take(references: number + 1 < levels.Length ? 2 : 1), 0, 0);
        if (!fault.IsDiscarding)
            fault.Set(new StreamFault(FaultKind.Stalled,
                "more planes of a resolution level are unfinished than there is memory for"));
        return FramePart.Missing;
    }

    // A separate method: its closure is allocated where the method begins, and Take is called for every plane.
    private void WaitForRoom(LevelPlanes planes) =>
        inFlight.WaitUntil(() => planes.TryReserve() || inFlight.NoJobs, Deadline.After(-1));

    private void CompleteSources(PlaneDownsampling downsampling, int sources)
    {
        if (!downsampling.CompleteSources(sources))
            return;
        if (!downsampling.HasPixels)
        {
            downsampling.Level.Retire(downsampling);
            return;
        }

        ready(downsampling, inFlight.BeginJob());
        inFlight.Signal.Notify();
    }
}
