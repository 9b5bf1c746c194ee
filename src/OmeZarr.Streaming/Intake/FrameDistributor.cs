using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Takes published frames and sorts them into the chunk rows of their arrays. Any worker may do it, one at a time: who
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
    private readonly InFlightCounts _inFlight;
    private readonly StickyFault _fault;
    private readonly FrameRecorder _recorder;
    private readonly RoomWait _room;
    private readonly ChunkRowQueue _chunkRows;
    private readonly LevelRouter? _levels;
    private readonly Func<bool> _findRoom;
    private readonly long[] _storageIndex;
    private int _image; // With the next three: the plane being routed, and where it goes.
    private bool _isMissing;
    private int _position;
    private ChunkRow? _chunkRow;
    private FrameRecord _current;
    private int _currentPlanes;
    private bool _hasCurrent;
    private int _absentGeneration;
    private bool _hasAbsent;
    private long _absentFrame;
    private int _absentPlanes;
    private long _framesSeen;
    private int _busy;

    public FrameDistributor(CameraPipeline pipeline, FrameLedger ledger, AbsentFrames absent, StickyFault fault)
    {
        _recorder = new FrameRecorder(pipeline.Notes, pipeline.FrameTable, fault);
        _ring = pipeline.Ring;
        _router = pipeline.Plan.Router;
        _ledger = ledger;
        _absent = absent;
        _arrays = pipeline.LevelArrays;
        _lost = pipeline.Lost;
        _ready = pipeline.Ready;
        _inFlight = pipeline.InFlight;
        _fault = fault;
        _room = pipeline.Room;
        _chunkRows = pipeline.ChunkRows;
        _levels = pipeline.Levels.Length == 0 ? null : new LevelRouter(pipeline.Levels, pipeline.ChunkRows, pipeline.Ready, pipeline.InFlight, fault);
        _findRoom = FindRoom;
        _storageIndex = new long[_router.FrameAxes];
    }

    /// <summary>The highest frame number routed so far, plus 1.</summary>
    public long FramesSeen => Volatile.Read(ref _framesSeen);

    /// <summary>Whether a call now could do something.</summary>
    public bool HasWork => !_room.IsWaiting && HasFrames && Volatile.Read(ref _busy) == 0;

    private bool HasFrames =>
        Volatile.Read(ref _hasCurrent) || !_ring.IsDrained || Volatile.Read(ref _hasAbsent) || _absent.AreSubmitted;

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

    /// <summary>Makes all chunk rows ready that still wait for frames, as they are; once no frame can come any more.</summary>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void CloseOpenChunkRows(Action<Action> guard)
    {
        _levels?.CloseOpen(_router.UnboundedExtent(FramesSeen), guard);
        foreach (var array in _arrays.SelectMany(level => level.Made))
        {
            foreach (var chunkRow in array.OpenChunkRows.ToArray())
            {
                array.Close(chunkRow);
                guard(() => _chunkRows.CompleteFrames(chunkRow, chunkRow.Expected - chunkRow.Routed));
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
        if (!_hasAbsent && _absent.TryTakeSubmitted(out _absentGeneration))
            Volatile.Write(ref _hasAbsent, true);
        var hadAbsent = _hasAbsent;
        if (hadAbsent && !RouteAbsent(_hasCurrent ? _current.Index : long.MaxValue))
            return false;
        return _hasCurrent ? RouteCurrent() : hadAbsent;
    }

    private bool RouteCurrent()
    {
        if (!RouteFrame(_current.Index, _current.Slot, ref _currentPlanes))
            return false;
        MarkRouted(_current.Index);
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
            if (!RouteFrame(frame, FrameRecord.NoSlot, ref _absentPlanes))
                return false;
            _lost.Missing.Add(frame);
            _absent.Remove(frame);
            MarkRouted(frame);
        }

        if (frame < 0)
        {
            Volatile.Write(ref _hasAbsent, false);
            _inFlight.EndRecord(_absentGeneration);
        }

        return true;
    }

    private void MarkRouted(long frame)
    {
        _ledger.MarkRouted(frame);
        if (frame >= _framesSeen)
            Volatile.Write(ref _framesSeen, frame + 1);
    }

    // Returns false when a plane must wait for room; those before it are done, and counted.
    private bool RouteFrame(long frame, int slot, ref int done)
    {
        if (done == 0 && slot != FrameRecord.NoSlot)
            _ring.Hold(slot, _router.PlanesPerFrame * ReferencesPerPlane);
        for (; done < _router.PlanesPerFrame; done++)
        {
            if (!_fault.IsDiscarding)
            {
                if (!TryRoutePlane(new FramePart(slot, done, frame), ref done))
                    return false;
            }
            else if (slot != FrameRecord.NoSlot)
            {
                _lost.Add(frame, done);
                for (var holder = 0; holder < ReferencesPerPlane; holder++)
                    _ring.Release(slot);
            }
        }

        done = 0;
        return true;
    }

    // A plane's chunks, and what makes the next level's of it.
    private int ReferencesPerPlane => _levels is null ? 1 : 2;

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
        _isMissing = part.Slot == FrameRecord.NoSlot;
        if (!_room.FindOrWait(_findRoom))
            return false;
        var plane = _isMissing ? FramePart.Missing : part;
        _levels?.Route(_image, _storageIndex, plane);
        if (plane.IsMissing || _chunkRow!.Assembly is null)
            Enter(_chunkRow!, _position, plane);
        else
            CopyEarly(_chunkRow, _position, plane);
        return true;
    }

    private bool FindRoom()
    {
        _chunkRow = _arrays[0].Of(_image).FindOrOpen(_storageIndex, out _position);
        return _chunkRow is not null && (_levels is null || _levels.HasRoom(_image, _storageIndex, _isMissing));
    }

    private void Enter(ChunkRow chunkRow, int position, FramePart part)
    {
        chunkRow.Enter(position, part);
        _chunkRows.CompleteFrames(chunkRow, 1);
    }

    private void CopyEarly(ChunkRow chunkRow, int position, FramePart part)
    {
        chunkRow.Enter(position, FramePart.Copied);
        _ready.Add(WorkItem.CopyEarly(chunkRow, part, position, _inFlight.BeginJob()));
        _inFlight.Work.Notify();
    }
}
