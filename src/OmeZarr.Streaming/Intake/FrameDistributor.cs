using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Takes published frames and sorts them into the chunk rows of their arrays. Any worker may run it, one at a time: a worker that
/// finds it busy moves on. Camera threads never wait for it.
/// </summary>
internal sealed class FrameDistributor
{
    private readonly FrameRing _ring;
    private readonly FrameLedger _ledger;
    private readonly AbsentFrames _absent;
    private readonly LostFrames _lost;
    private readonly FrameRecorder _recorder;
    private readonly PlaneRouter _planes;
    private readonly InFlightCounts _inFlight;
    private readonly StickyFault _fault;
    private FrameRecord _current;
    private int _currentPlanes;
    private bool _hasCurrent;
    private int _absentGeneration;
    private bool _hasAbsent;
    private long _absentFrame;
    private int _absentPlanes;
    private long _framesSeen;
    private ResumedFrames? _resumed;
    private int _busy;

    /// <param name="ring">Where frames come from.</param>
    /// <param name="numbers">The state of their numbers.</param>
    /// <param name="recorder">Records their metadata.</param>
    /// <param name="planes">Routes their planes.</param>
    /// <param name="inFlight">Counts frames until they are routed.</param>
    /// <param name="fault">The stream's first failure.</param>
    public FrameDistributor(
        FrameRing ring, FrameNumbers numbers, FrameRecorder recorder, PlaneRouter planes, InFlightCounts inFlight,
        StickyFault fault)
    {
        _ring = ring;
        (_ledger, _absent, _lost) = numbers;
        _recorder = recorder;
        _planes = planes;
        _inFlight = inFlight;
        _fault = fault;
    }

    /// <summary>The highest frame number routed so far, plus 1.</summary>
    public long FramesSeen => Volatile.Read(ref _framesSeen);

    /// <summary>Every frame below this number is routed, or known never to come.</summary>
    public long RoutedBefore => _ledger.Lowest;

    /// <summary>Goes on after frames that are there already; before any frame comes.</summary>
    public void Resume(ResumedFrames resumed)
    {
        _resumed = resumed;
        Volatile.Write(ref _framesSeen, resumed.Next);
    }

    /// <summary>Whether a call now could do something.</summary>
    public bool HasWork => !_planes.IsWaiting && HasFrames && Volatile.Read(ref _busy) == 0;

    /// <summary>Whether every frame that was there is routed; while others come, that may never be seen.</summary>
    public bool IsUpToDate => Volatile.Read(ref _busy) == 0 && !HasFrames;

    private bool HasFrames =>
        Volatile.Read(ref _hasCurrent) || !_ring.IsDrained || Volatile.Read(ref _hasAbsent) || _absent.AreSubmitted;

    /// <summary>Routes the published frames; returns whether there were any.</summary>
    public bool TryRun()
    {
        var any = false;
        // Checked again after every run: a thread that publishes a record and finds the distributor busy leaves the record to it.
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

            // Store-load: others must see the write above before we look for records that were left to us.
            Interlocked.MemoryBarrier();
        }

        return any;
    }

    /// <summary>Hands all incomplete chunk rows to the workers as they are; once no frame can come any more.</summary>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
    public void CloseOpen(Action<Action> guard) => _planes.CloseOpen(FramesSeen, guard);

    // Absent frames are routed like others, so that their chunks do not wait for them. They are routed before later frames,
    // because the number of open chunks was planned for frames in order. Returns false when nothing is left to route, or when a
    // frame must wait for room.
    private bool RouteNext()
    {
        if (!_hasCurrent && _ring.TryTake(out _current))
        {
            Volatile.Write(ref _hasCurrent, true);
            _recorder.Record(_current);
        }

        // After the record: a producer submits what it skipped before it publishes its next frame.
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
            // Or everything that it is part of is there already.
            if (_resumed?.IsSettled(frame) != true)
            {
                if (!RouteFrame(frame, FrameRecord.NoSlot, ref _absentPlanes))
                    return false;
                _lost.Missing.Add(frame);
            }

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

    // Returns false when a plane must wait for room; the planes before it are routed and counted.
    private bool RouteFrame(long frame, int slot, ref int done)
    {
        if (done == 0 && slot != FrameRecord.NoSlot)
            _ring.Hold(slot, frame, _planes.PlanesPerFrame * _planes.ReferencesPerPlane);
        for (; done < _planes.PlanesPerFrame; done++)
        {
            if (!_fault.IsDiscarding)
            {
                if (!TryRoutePlane(new FramePart(slot, done, frame), ref done))
                    return false;
            }
            else if (slot != FrameRecord.NoSlot)
            {
                _lost.Add(frame, done);
                for (var reference = 0; reference < _planes.ReferencesPerPlane; reference++)
                    _ring.Release(slot);
            }
        }

        done = 0;
        return true;
    }

    // A plane whose routing failed half-way is not routed again: its chunks may already refer to its frame. References that
    // nobody uses in the end are released then.
    private bool TryRoutePlane(FramePart part, ref int done)
    {
        try
        {
            return _planes.TryRoute(part);
        }
        catch
        {
            _lost.Add(part.Frame, part.Plane);
            done++;
            throw;
        }
    }
}
