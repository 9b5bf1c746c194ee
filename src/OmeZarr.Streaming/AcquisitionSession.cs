using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming;

/// <summary>
/// One acquisition being written: frames in by <see cref="Append"/>, a complete dataset once finalized. Composes the data
/// plane; see docs/architecture.md for the drawing. Any thread may call; frames come from one thread at a time unless the
/// plan has several producers.
/// </summary>
public sealed class AcquisitionSession : IDisposable
{
    private readonly IStore _store;
    private readonly FrameRing _ring;
    private readonly ArrayWriter[] _arrays;
    private readonly FrameNotes _notes;
    private readonly FrameTable _frameTable;
    private readonly WorkInFlight _inFlight = new();
    private readonly StickyFault _fault;
    private readonly FrameDistributor _distributor;
    private readonly FrameIntake _intake;
    private readonly WorkerPool _workers;
    private readonly DatasetPublisher _publisher;
    private readonly SessionKeeper _keeper;

    private AcquisitionSession(AcquisitionPlan plan, MemoryPlan memory, IStore store, Action<StreamFault>? onFault)
    {
        Plan = plan;
        Memory = memory;
        _store = store;
        _fault = new StickyFault(WakeEverybody, onFault);
        var encoding = new EncodingPlan(plan);
        var ready = new ReadyWork(checked(memory.RingFrames * plan.Router.PlanesPerFrame));
        var ledger = new FrameLedger();
        var absent = new AbsentFrames(_inFlight);
        _ring = new FrameRing(memory.RingFrames, memory.SlotBytes, MemoryPlan.MaxBorrowed);
        _arrays = [.. encoding.Arrays.Select((array, i) => NewArray(array, memory.Assemblies[i]))];
        _notes = new FrameNotes(checked(memory.RingFrames + MemoryPlan.MaxBorrowed));
        _frameTable = new FrameTable(plan, store, _notes.Texts);
        var recorder = new FrameRecorder(_notes, _frameTable, _fault);
        _distributor = new FrameDistributor(_ring, plan.Router, ledger, absent, _arrays, ready, _inFlight, _fault, recorder);
        _intake = new FrameIntake(plan, _ring, ledger, absent, _inFlight, _fault, _notes);
        var intensities = IntensitySampler.IsWanted(plan) ? new IntensitySampler(plan) : null;
        _workers = new WorkerPool(memory.Workers, _ring, _distributor, ready, _inFlight, _fault, encoding, intensities, store.WriteAlignment);
        _publisher = new DatasetPublisher(plan, store, _arrays, _frameTable, intensities);
        _keeper = new SessionKeeper(this, _distributor);
    }

    public AcquisitionPlan Plan { get; }

    public MemoryPlan Memory { get; }

    /// <summary>The first failure, or null.</summary>
    public StreamFault? Fault => _fault.First;

    internal FrameIntake Intake => _intake;

    internal int OwnedByCaller => _ring.OwnedByCaller;

    /// <summary>Frames up to the end of the last chunk written along the unbounded axis; without one, all.</summary>
    internal long FramesReached => Plan.Router.UnboundedAxis < 0
        ? long.MaxValue
        : checked(_arrays.Max(array => array.ReachedAlongUnboundedAxis) * Plan.Router.FramesPerUnboundedStep);

    internal WorkInFlight InFlight => _inFlight;

    internal StickyFault Faults => _fault;

    internal DatasetPublisher Publisher => _publisher;

    /// <summary>
    /// Makes the session's memory, then the dataset with its metadata, then starts the threads. On failure nothing of it
    /// remains. The session owns the store from then on.
    /// </summary>
    /// <param name="plan">What to write.</param>
    /// <param name="memory">The memory plan made for it.</param>
    /// <param name="store">Where to write.</param>
    /// <param name="onFault">Told of the first failure, once, on the thread that met it.</param>
    /// <exception cref="StoreException">The store refused.</exception>
    /// <exception cref="OutOfMemoryException">The system does not give the planned memory.</exception>
    public static AcquisitionSession Start(AcquisitionPlan plan, MemoryPlan memory, IStore store, Action<StreamFault>? onFault = null)
    {
        var session = Make(plan, memory, store, onFault);
        try
        {
            session._publisher.Begin();
            session._workers.Start();
            session._keeper.Start();
            return session;
        }
        catch
        {
            session.Release();
            throw;
        }
    }

    private static AcquisitionSession Make(AcquisitionPlan plan, MemoryPlan memory, IStore store, Action<StreamFault>? onFault)
    {
        try
        {
            return new AcquisitionSession(plan, memory, store, onFault);
        }
        catch
        {
            // What memory there was already goes back by itself.
            store.Dispose();
            throw;
        }
    }

    /// <summary>Takes a frame; see <see cref="FrameIntake.Append"/>.</summary>
    public AppendOutcome Append(in FrameInput frame) => _intake.Append(frame);

    /// <summary>Takes a frame where it lies; see <see cref="FrameIntake.AppendBorrowed"/>.</summary>
    public AppendOutcome AppendBorrowed(in FrameInput frame, ulong token) => _intake.AppendBorrowed(frame, token);

    /// <summary>Borrowed frames that come back. Usable also after the end.</summary>
    public BorrowedFrames Borrowed => _ring.Borrowed;

    /// <summary>Makes resting workers look for work at once: the caller is about to wait for what they do.</summary>
    public void SummonWorkers() => _inFlight.Work.Summon();

    /// <summary>Number of slots of the ring.</summary>
    public int Slots => _ring.Slots;

    /// <summary>Capacity of a slot, in bytes.</summary>
    public long SlotBytes => _ring.SlotBytes;

    /// <summary>A slot's first byte, fixed until the session ends.</summary>
    public nint SlotAddress(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, _ring.Slots);
        unsafe
        {
            return (nint)_ring.Address(slot);
        }
    }

    /// <summary>Gives the caller a free slot to fill; see <see cref="FrameIntake.AcquireSlot"/>.</summary>
    public AppendOutcome AcquireSlot(int timeoutMs, out int slot) => _intake.AcquireSlot(Deadline.After(timeoutMs), out slot);

    /// <summary>Takes the frame in a slot of the caller's; see <see cref="FrameIntake.Commit"/>.</summary>
    public AppendOutcome CommitSlot(int slot, in FrameInput frame) => _intake.Commit(slot, frame);

    /// <summary>Takes back an unused slot.</summary>
    public AppendOutcome CancelSlot(int slot) => _intake.CancelSlot(slot);

    /// <summary>Leaves out the next frames.</summary>
    public AppendOutcome Skip(long count) => _intake.Skip(count);

    /// <summary>Replaces the acquisition-wide metadata of a namespace; see <see cref="DatasetPublisher.TrySetMetadata"/>.</summary>
    public bool TrySetMetadata(string name, System.Text.Json.Nodes.JsonNode? value) => _publisher.TrySetMetadata(name, value);

    /// <summary>Replaces the metadata of a namespace of one image; see <see cref="DatasetPublisher.TrySetImageMetadata"/>.</summary>
    public bool TrySetImageMetadata(int image, string name, System.Text.Json.Nodes.JsonNode? value) =>
        _publisher.TrySetImageMetadata(image, name, value);

    /// <summary>Waits until every whole chunk so far is on the store and visible. False when the time-out passed first.</summary>
    /// <exception cref="StoreException">Publishing failed; it also sticks.</exception>
    public bool Flush(int timeoutMs) => _keeper.Flush(Deadline.After(timeoutMs));

    /// <summary>Begins to finalize; no frame is taken any more. May be called more than once.</summary>
    public void BeginFinalize() => _keeper.BeginEnd(abort: false);

    /// <summary>Stops without completing what is not whole. Ends like a finalize.</summary>
    public void BeginAbort() => _keeper.BeginEnd(abort: true);

    /// <summary>Whether an abort, not only a finalize, ended the session before everything was stored; final after the end.</summary>
    public bool WasAborted => _keeper.WasAborted;

    /// <summary>Whether a finalize or an abort has begun.</summary>
    public bool IsEnding => _intake.Gate.IsClosed;

    /// <summary>Waits for the end. True once every thread has ended and all memory is free.</summary>
    public bool WaitForEnd(int timeoutMs) => _keeper.WaitForEnd(timeoutMs);

    /// <summary>Share of the accepted frames that are written, 0 to 1.</summary>
    public double Progress
    {
        get
        {
            var appended = _intake.Counters.FramesAppended;
            return appended == 0 ? 1 : Math.Min(1, (double)_workers.FramesWritten / appended);
        }
    }

    /// <summary>A snapshot of all counters.</summary>
    public SessionStats Stats()
    {
        var counters = _intake.Counters;
        var latency = counters.Latency;
        var written = _workers.FramesWritten;
        var appended = counters.FramesAppended;
        return new SessionStats
        {
            ActiveWorkers = _workers.Awake,
            FramesAppended = appended,
            // A frame may be written before its append has returned and counted it.
            FramesWritten = Math.Min(written, appended),
            FramesSkipped = counters.FramesSkipped,
            FramesDropped = counters.FramesDropped,
            BytesIn = _intake.BytesIn,
            BytesOut = _arrays.Sum(array => array.Objects.BytesOut),
            ChunksWritten = _arrays.Sum(array => array.Objects.ChunksWritten),
            RingCapacity = _ring.Slots,
            RingOccupancy = _ring.Occupied,
            RingHighWater = _ring.HighWater,
            RingWaits = counters.RingWaits,
            RingWaitNs = counters.RingWaitNs,
            AppendLastNs = latency.Last,
            AppendMeanNs = latency.Mean,
            AppendP50Ns = latency.Percentile(0.5),
            AppendP99Ns = latency.Percentile(0.99),
            AppendMaxNs = latency.Max,
            MemoryBytes = Memory.TotalBytes,
            Errors = _fault.Count,
        };
    }

    /// <summary>Aborts the session unless it has been finalized, and waits until it has ended.</summary>
    public void Dispose()
    {
        BeginAbort();
        WaitForEnd(-1);
    }

    /// <summary>Ends the threads, closes the store and frees all memory; the keeper only.</summary>
    internal void Release()
    {
        _workers.Dispose();
        foreach (var array in _arrays)
            array.FreeGroups();
        _frameTable.Dispose();
        _notes.Dispose();
        _ring.Dispose();
        _store.Dispose();
    }

    // Whoever waits for what may not come any more: a frame for a buffer, a producer for a slot, a flush for its frames.
    private void WakeEverybody()
    {
        _distributor.Unblock();
        _intake.WakeWaiting();
    }

    private ArrayWriter NewArray(ArrayEncoding array, int assemblies)
    {
        var geometry = array.Geometry;
        var objects = new ArrayObjects(
            _store, geometry.Plan, geometry.ChunksPerShard, array.Codec.MaxEncodedBytes(geometry.Plan.ChunkBytes), Plan.Durability.Fsync == Fsync.Flush);
        return new ArrayWriter(array, objects, assemblies);
    }
}
