using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// Leads each plane of a frame through the levels: to the planes that it becomes part of, and these to their chunks. All of
/// it is settled when the frame is sorted, before any pixel is made, by the distributor alone; workers then only follow.
/// </summary>
internal sealed class LevelRouter(ReducedLevel[] levels, GroupLine groups, ReadyWork ready, WorkInFlight inFlight, StickyFault fault)
{
    /// <summary>Whether there is room for all planes that are complete with this one; asked before <see cref="Route"/>.</summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes at full resolution.</param>
    /// <param name="isMissing">Whether the plane never comes; planes of nothing but such need no room.</param>
    public bool HasRoom(int image, ReadOnlySpan<long> index, bool isMissing)
    {
        foreach (var level in levels)
        {
            var reduction = level.ReductionOf(image, index, out _);
            isMissing &= !reduction.HasPixels;
            if (reduction.Routed + 1 < reduction.Expected)
                return true;
            if (!isMissing && !level.Planes.HasRoom())
                return false;
            index = reduction.Index;
        }

        return true;
    }

    /// <summary>Routes a plane of full resolution whose pixels are there, or its absence.</summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes at full resolution.</param>
    /// <param name="part">The plane.</param>
    public void Route(int image, ReadOnlySpan<long> index, FramePart part)
    {
        var reduction = levels[0].ReductionOf(image, index, out var position);
        reduction.Route(position, part);
        if (reduction.IsRouted)
            Carry(0, reduction);
        Settle(reduction, 1);
    }

    /// <summary>Completes all planes that still wait for sources, as they are; once no frame can come any more.</summary>
    /// <param name="unboundedExtent">Length of the unbounded axis at full resolution.</param>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void CloseOpen(long unboundedExtent, Action<Action> guard)
    {
        for (var i = 0; i < levels.Length; i++)
        {
            var number = i;
            foreach (var reduction in levels[i].Open.ToArray())
                guard(() => Close(number, reduction, unboundedExtent));
        }
    }

    private void Close(int number, PlaneReduction reduction, long unboundedExtent)
    {
        var rest = reduction.RouteRest(levels[number].SourcesWithin(reduction, unboundedExtent));
        try
        {
            Carry(number, reduction);
        }
        finally
        {
            // Whatever happened to its chunks: its sources are let go of.
            Settle(reduction, rest);
        }
    }

    // A plane all of whose sources are routed goes to its chunks, and on to the next level. What its sources still wait for
    // is settled after that, so that who makes it knows where it goes.
    private void Carry(int number, PlaneReduction reduction)
    {
        var level = levels[number];
        level.Close(reduction);
        var group = level.GroupOf(reduction, out var position);
        var target = reduction.HasPixels ? Take(number) : FramePart.Missing;
        group.Enter(position, target);
        if (!reduction.HasPixels)
            groups.Settle(group, 1);
        reduction.Begin(target, group);
        if (++number == levels.Length)
            return;
        var next = levels[number].ReductionOf(reduction.Image, reduction.Index, out position);
        next.Route(position, target);
        if (next.IsRouted)
            Carry(number, next);
        if (target.IsMissing)
            Settle(next, 1);
        else
            reduction.Next = next;
    }

    private FramePart Take(int number)
    {
        var planes = levels[number].Planes;
        if (!planes.HasRoom() && !fault.IsDiscarding)
            WaitForRoom(planes);
        if (planes.HasRoom())
            return new FramePart(planes.Take(holders: number + 1 < levels.Length ? 2 : 1), 0, 0);
        if (!fault.IsDiscarding)
            fault.Set(new StreamFault(FaultKind.Stalled, "more planes of a resolution level are unfinished than there is memory for"));
        return FramePart.Missing;
    }

    // By itself: its closure is made where it begins, and Take is called for every plane.
    private void WaitForRoom(LevelPlanes planes) => inFlight.WaitUntil(() => planes.HasRoom() || inFlight.NoJobs, Deadline.After(-1));

    private void Settle(PlaneReduction reduction, int sources)
    {
        if (!reduction.Settle(sources))
            return;
        if (!reduction.HasPixels)
        {
            reduction.Level.Retire(reduction);
            return;
        }

        ready.Add(WorkItem.Reduce(reduction, inFlight.BeginJob()));
        inFlight.Work.Announce();
    }
}
