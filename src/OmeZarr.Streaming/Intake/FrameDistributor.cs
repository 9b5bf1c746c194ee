using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Takes published frames and sorts them into the chunk groups of their arrays. Any worker may do it, one at a time: who
/// finds somebody else at it goes on with other work. Camera threads never wait for it.
/// </summary>
internal sealed class FrameDistributor
{
    private readonly FrameRing _ring;
    private readonly FrameRouter _router;
    private readonly FrameLedger _ledger;
    private readonly AbsentFrames _absent;
    private readonly LevelArrays[] _arrays;
    private readonly LostFrames _lost;
    private readonly ReadyWork _ready;
    private readonly WorkInFlight _inFlight;
    private readonly StickyFault _fault;
    private readonly FrameRecorder _recorder;
    private readonly RoomWait _room;
    private readonly GroupLine _groups;
    private readonly LevelRouter? _levels;
    private readonly Func<bool> _findRoom;
    private readonly long[] _storageIndex;
    private int _image; // With the next three: the plane being routed, and where it goes.
    private bool _isMissing;
    private int _position;
    private ChunkGroup? _group;
    private FrameRecord _current;
    private int _currentPlanes;
    private bool _hasCurrent;
    private int _absentGeneration;
    private bool _hasAbsent;
    private long _absentFrame;
    private int _absentPlanes;
    private long _framesSeen;
    private int _busy;

    public FrameDistributor(CameraLane lane, FrameLedger ledger, AbsentFrames absent, StickyFault fault)
    {
        _recorder = new FrameRecorder(lane.Notes, lane.FrameTable, fault);
        _ring = lane.Ring;
        _router = lane.Plan.Router;
        _ledger = ledger;
        _absent = absent;
        _arrays = lane.LevelArrays;
        _lost = lane.Lost;
        _ready = lane.Ready;
        _inFlight = lane.InFlight;
        _fault = fault;
        _room = lane.Room;
        _groups = lane.Groups;
        _levels = lane.Levels.Length == 0 ? null : new LevelRouter(lane.Levels, lane.Groups, lane.Ready, lane.InFlight, fault);
        _findRoom = FindRoom;
        _storageIndex = new long[_router.FrameAxes];
    }

    /// <summary>The highest frame number routed so far, plus 1.</summary>
    public long FramesSeen => Volatile.Read(ref _framesSeen);

    /// <summary>Whether a call now could do something.</summary>
    public bool HasWork => !_room.IsWaiting && HasFrames && Volatile.Read(ref _busy) == 0;

    private bool HasFrames =>
        Volatile.Read(ref _hasCurrent) || !_ring.IsDrained || Volatile.Read(ref _hasAbsent) || _absent.AreAnnounced;

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
        _levels?.CloseOpen(_router.UnboundedExtent(FramesSeen), guard);
        foreach (var array in _arrays.SelectMany(level => level.Made))
        {
            foreach (var group in array.OpenGroups.ToArray())
            {
                array.Close(group);
                guard(() => _groups.Settle(group, group.Expected - group.Routed));
            }
        }
    }

    // Frames that never come are routed like others, so that their chunks do not wait for them, and before later frames:
    // the number of chunks that are open at once was planned for frames in order. Returns false when nothing is left to
    // route, or when a frame must wait for room.
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

    // Returns false when a frame must wait for room.
    private bool RouteAbsent(long below)
    {
        var frame = _absentPlanes > 0 ? _absentFrame : _absent.Next(_ledger.Lowest);
        for (; frame >= 0 && frame < below; frame = _absent.Next(frame + 1))
        {
            _absentFrame = frame;
            if (!RouteFrame(frame, FrameRecord.NoPlace, ref _absentPlanes))
                return false;
            _lost.Missing.Add(frame);
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

    // Returns false when a plane must wait for room; those before it are done, and counted.
    private bool RouteFrame(long frame, int place, ref int done)
    {
        if (done == 0 && place != FrameRecord.NoPlace)
            _ring.Hold(place, _router.PlanesPerFrame * HoldersPerPlane);
        for (; done < _router.PlanesPerFrame; done++)
        {
            if (!_fault.IsDiscarding)
            {
                if (!TryRoutePlane(new FramePart(place, done, frame), ref done))
                    return false;
            }
            else if (place != FrameRecord.NoPlace)
            {
                _lost.Add(frame, done);
                for (var holder = 0; holder < HoldersPerPlane; holder++)
                    _ring.LetGo(place);
            }
        }

        done = 0;
        return true;
    }

    // A plane's chunks, and what makes the next level's of it.
    private int HoldersPerPlane => _levels is null ? 1 : 2;

    // A plane whose routing fails half-way is not routed again: its chunks may hold its frame already. What nobody holds in the end
    // is released then.
    private bool TryRoutePlane(FramePart part, ref int done)
    {
        try
        {
            return RoutePlane(part);
        }
        catch
        {
            _lost.Add(part.Frame, part.Plane);
            done++;
            throw;
        }
    }

    private bool RoutePlane(FramePart part)
    {
        _image = _router.Locate(part.Frame, part.Plane, _storageIndex);
        _isMissing = part.Place == FrameRecord.NoPlace;
        if (!_room.FindOrWait(_findRoom))
            return false;
        var plane = _isMissing ? FramePart.Missing : part;
        _levels?.Route(_image, _storageIndex, plane);
        if (plane.IsMissing || _group!.Assembly is null)
            Enter(_group!, _position, plane);
        else
            GatherEarly(_group, _position, plane);
        return true;
    }

    private bool FindRoom()
    {
        _group = _arrays[0].Of(_image).GroupOf(_storageIndex, out _position);
        return _group is not null && (_levels is null || _levels.HasRoom(_image, _storageIndex, _isMissing));
    }

    private void Enter(ChunkGroup group, int position, FramePart part)
    {
        group.Enter(position, part);
        _groups.Settle(group, 1);
    }

    private void GatherEarly(ChunkGroup group, int position, FramePart part)
    {
        group.Enter(position, FramePart.Gathered);
        _ready.Add(WorkItem.Gather(group, part, position, _inFlight.BeginJob()));
        _inFlight.Work.Announce();
    }
}
