using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming;

/// <summary>
/// One acquisition being written: frames in by the <see cref="Lanes"/> of its cameras, a complete dataset once finalized.
/// Composes the data plane; see docs/architecture.md for the drawing. Any thread may call.
/// </summary>
public sealed class AcquisitionSession : IDisposable
{
    private readonly IStore _store;
    private readonly StickyFault _fault;
    private readonly WorkerPool _workers;
    private readonly DatasetPublisher _publisher;
    private readonly SessionKeeper _keeper;
    private string? _endReason;

    private AcquisitionSession(AcquisitionPlan plan, MemoryPlan memory, IStore store, Action<StreamFault>? onFault)
    {
        Plan = plan;
        Memory = memory;
        _store = store;
        _fault = new StickyFault(WakeEverybody, onFault);
        var work = new WorkWatch();
        var encoding = new EncodingPlan(plan);
        var reduction = new ReductionPlan(plan);
        Lanes = [.. plan.Cameras.Select((camera, i) => new CameraLane(plan, camera, memory.Lanes[i], encoding.Cameras[i], reduction, store, work, _fault))];
        _workers = new WorkerPool(memory.Workers, [.. Lanes], work, _fault, encoding, reduction, store.WriteAlignment);
        _publisher = new DatasetPublisher(plan, store, Lanes);
        _keeper = new SessionKeeper(this);
    }

    public AcquisitionPlan Plan { get; }

    public MemoryPlan Memory { get; }

    /// <summary>A lane for each camera, in the order of the plan.</summary>
    public ImmutableArray<CameraLane> Lanes { get; }

    /// <summary>The first failure, or null.</summary>
    public StreamFault? Fault => _fault.First;

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
    public bool IsEnding => _keeper.IsEnding;

    /// <summary>Waits for the end. True once every thread has ended and all memory is free.</summary>
    public bool WaitForEnd(int timeoutMs) => _keeper.WaitForEnd(timeoutMs);

    /// <summary>Why the host ends the stream, in its own words, when not because all is done; kept in the metadata. Any thread.</summary>
    public string? EndReason
    {
        get => Volatile.Read(ref _endReason);
        set => Volatile.Write(ref _endReason, value);
    }

    /// <summary>Share of the accepted frames that are written, 0 to 1.</summary>
    public double Progress
    {
        get
        {
            var appended = Lanes.Sum(lane => lane.Counters.FramesAppended);
            return appended == 0 ? 1 : Math.Min(1, (double)Lanes.Sum(lane => lane.FramesWritten) / appended);
        }
    }

    /// <summary>A snapshot of all counters, summed over the lanes.</summary>
    public SessionStats Stats() => SessionStats.Of(Lanes.AsSpan(), _workers.Awake, Memory.TotalBytes, _fault.Count);

    /// <summary>A snapshot of a lane's counters; workers and errors are the session's.</summary>
    public SessionStats Stats(CameraLane lane) => SessionStats.Of([lane], _workers.Awake, lane.Memory.TotalBytes, _fault.Count);

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
        foreach (var lane in Lanes)
            lane.Release();
        _store.Dispose();
    }

    private void WakeEverybody()
    {
        foreach (var lane in Lanes)
            lane.WakeEverybody();
    }
}
