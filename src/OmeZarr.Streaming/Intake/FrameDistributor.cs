using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Takes published frames and sorts them into the chunk groups of their arrays. Any worker may do it, one at a time: who
/// finds somebody else at it goes on with other work. Camera threads never wait for it.
/// </summary>
internal sealed class FrameDistributor
{
    private const int NotBlocked = 0;
    private const int LookingAgain = -1;

    private readonly FrameRing _ring;
    private readonly FrameRouter _router;
    private readonly FrameLedger _ledger;
    private readonly AbsentFrames _absent;
    private readonly ArrayWriter[] _arrays;
    private readonly ReadyWork _ready;
    private readonly WorkInFlight _inFlight;
    private readonly StickyFault _fault;
    private readonly FrameRecorder _recorder;
    private readonly long[] _storageIndex;
    private FrameRecord _current;
    private int _currentPlanes;
    private bool _hasCurrent;
    private int _absentGeneration;
    private bool _hasAbsent;
    private long _absentFrame;
    private int _absentPlanes;
    private int _block; // Positive: the number of the wait for an assembly buffer that is going on.
    private int _blocks;
    private long _framesSeen;
    private int _busy;

    public FrameDistributor(
        FrameRing ring, FrameRouter router, FrameLedger ledger, AbsentFrames absent, ArrayWriter[] arrays, ReadyWork ready, WorkInFlight inFlight, StickyFault fault,
        FrameRecorder recorder)
    {
        _recorder = recorder;
        _ring = ring;
        _router = router;
        _ledger = ledger;
        _absent = absent;
        _arrays = arrays;
        _ready = ready;
        _inFlight = inFlight;
        _fault = fault;
        _storageIndex = new long[router.FrameAxes];
    }

    /// <summary>The highest frame number routed so far, plus 1.</summary>
    public long FramesSeen => Volatile.Read(ref _framesSeen);

    /// <summary>Whether a call now could do something.</summary>
    public bool HasWork => !IsBlocked && HasFrames && Volatile.Read(ref _busy) == 0;

    private bool HasFrames =>
        Volatile.Read(ref _hasCurrent) || !_ring.IsDrained || Volatile.Read(ref _hasAbsent) || _absent.AreAnnounced;

    // A frame waits for an assembly buffer, which only a finished group frees.
    private bool IsBlocked => Volatile.Read(ref _block) != NotBlocked;

    /// <summary>Sorts what is published; returns whether anything was sorted.</summary>
    public bool TryRun()
    {
        var any = false;
        // Looked at again after letting go: a record published meanwhile was left to us by whoever found us busy.
        while (HasWork && Interlocked.CompareExchange(ref _busy, 1, 0) == 0)
        {
            try
            {
                while (RouteNext())
                    any = true;
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }

            // The write above must be seen by others before we look for what they may have left to us.
            Interlocked.MemoryBarrier();
        }

        return any;
    }

    /// <summary>Makes all groups ready that still wait for frames, as they are; once no frame can come any more.</summary>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void CloseOpenGroups(Action<Action> guard)
    {
        foreach (var array in _arrays)
        {
            foreach (var group in array.OpenGroups.ToArray())
            {
                array.Close(group);
                guard(() => Settle(group, group.Expected - group.Routed));
            }
        }
    }

    /// <summary>Counts frames of a group as settled, and hands it on when they were its last; any worker.</summary>
    public void Settle(ChunkGroup group, int frames)
    {
        if (!group.Settle(frames))
            return;
        if (group.Frames == 0)
        {
            Finish(group, written: !_fault.IsDiscarding);
            return;
        }

        group.Generation = _inFlight.BeginJob();
        _ready.Add(group);
        _inFlight.Work.Announce();
    }

    /// <summary>Ends a group, which may let a waiting frame go on; any worker.</summary>
    public void Finish(ChunkGroup group, bool written)
    {
        group.Array.Finish(group, written);
        if (IsBlocked)
            Unblock();
    }

    /// <summary>Lets a waiting frame be tried again.</summary>
    public void Unblock()
    {
        Volatile.Write(ref _block, NotBlocked);
        _inFlight.Work.Announce();
    }

    /// <summary>
    /// Ends the stream when a frame waits for an assembly buffer and no job is left that could free one: the frames that
    /// would complete the open groups are behind it, or never came. Any worker; after each job.
    /// </summary>
    public void EndIfStuck()
    {
        // The same wait before and after: no job began in between, since only this wait's end lets frames lead to jobs.
        var block = Volatile.Read(ref _block);
        if (block <= NotBlocked || !_inFlight.NoJobs || Volatile.Read(ref _block) != block)
            return;
        if (!_fault.IsDiscarding)
        {
            _fault.Set(new StreamFault(
                FaultKind.Stalled, "frames came in an order that keeps more chunks open than there are assembly buffers: raise pipeline.ring_frames"));
        }

        Unblock();
    }

    // Frames that never come are routed like others, so that their chunks do not wait for them, and before later frames:
    // the number of chunks that are open at once was planned for frames in order. Returns false when nothing is left to
    // route, or when a frame must wait for an assembly buffer.
    private bool RouteNext()
    {
        if (!_hasCurrent && _ring.TryTake(out _current))
        {
            Volatile.Write(ref _hasCurrent, true);
            _recorder.Record(_current);
        }

        // After the record: a producer announces what it left out before it publishes the next frame.
        if (!_hasAbsent && _absent.TryTakeOn(out _absentGeneration))
            Volatile.Write(ref _hasAbsent, true);
        var hadAbsent = _hasAbsent;
        if (hadAbsent && !RouteAbsent(_hasCurrent ? _current.Index : long.MaxValue))
            return false;
        return _hasCurrent ? RouteCurrent() : hadAbsent;
    }

    private bool RouteCurrent()
    {
        if (!RouteFrame(_current.Index, _current.Place, ref _currentPlanes))
            return false;
        Settled(_current.Index);
        Volatile.Write(ref _hasCurrent, false);
        _inFlight.EndRecord(_current.Generation);
        return true;
    }

    // Returns false when a frame must wait for an assembly buffer.
    private bool RouteAbsent(long below)
    {
        var frame = _absentPlanes > 0 ? _absentFrame : _absent.Next(_ledger.Lowest);
        for (; frame >= 0 && frame < below; frame = _absent.Next(frame + 1))
        {
            _absentFrame = frame;
            if (!RouteFrame(frame, FrameRecord.NoPlace, ref _absentPlanes))
                return false;
            _absent.Remove(frame);
            Settled(frame);
        }

        if (frame < 0)
        {
            Volatile.Write(ref _hasAbsent, false);
            _inFlight.EndRecord(_absentGeneration);
        }

        return true;
    }

    private void Settled(long frame)
    {
        _ledger.Settle(frame);
        if (frame >= _framesSeen)
            Volatile.Write(ref _framesSeen, frame + 1);
    }

    // Returns false when a plane must wait for an assembly buffer; those before it are done, and counted.
    private bool RouteFrame(long frame, int place, ref int done)
    {
        if (done == 0 && place != FrameRecord.NoPlace)
            _ring.Hold(place, _router.PlanesPerFrame);
        for (; done < _router.PlanesPerFrame; done++)
        {
            if (!_fault.IsDiscarding)
            {
                if (!RoutePlane(new FramePart(place, done, frame)))
                    return false;
            }
            else if (place != FrameRecord.NoPlace)
            {
                _ring.LetGo(place);
            }
        }

        done = 0;
        return true;
    }

    private bool RoutePlane(FramePart part)
    {
        var array = _arrays[_router.Locate(part.Frame, part.Plane, _storageIndex)];
        var group = FindGroup(array, out var position);
        if (group is null)
            return false;
        if (part.Place == FrameRecord.NoPlace)
            Enter(group, position, FramePart.Missing);
        else if (group.Assembly is null)
            Enter(group, position, part);
        else
            GatherEarly(group, position, part);
        return true;
    }

    private ChunkGroup? FindGroup(ArrayWriter array, out int position)
    {
        var group = array.GroupOf(_storageIndex, out position);
        if (group is not null)
            return group;
        // A group that finished between the look and this mark would leave the mark standing for ever: look again.
        Volatile.Write(ref _block, LookingAgain);
        Interlocked.MemoryBarrier();
        group = array.GroupOf(_storageIndex, out position);
        if (group is not null)
        {
            Volatile.Write(ref _block, NotBlocked);
            return group;
        }

        // Unless one has finished since. A full fence: either this sees that no job is left, or the last job sees the wait.
        _blocks = _blocks % int.MaxValue + 1;
        if (Interlocked.CompareExchange(ref _block, _blocks, LookingAgain) == LookingAgain)
            EndIfStuck();
        return null;
    }

    private void Enter(ChunkGroup group, int position, FramePart part)
    {
        Note(group, position, part);
        Settle(group, 1);
    }

    private void GatherEarly(ChunkGroup group, int position, FramePart part)
    {
        Note(group, position, FramePart.Gathered);
        _ready.Add(WorkItem.Gather(group, part, position, _inFlight.BeginJob()));
        _inFlight.Work.Announce();
    }

    private static void Note(ChunkGroup group, int position, FramePart part)
    {
        group.Route(position, part);
        if (group.Routed == group.Expected)
            group.Array.Close(group);
    }
}
