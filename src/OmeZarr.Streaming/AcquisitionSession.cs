using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Storage;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming;

/// <summary>
/// One acquisition being written: the <see cref="Pipelines"/> of its cameras take frames in; once finalized, it is a complete
/// dataset. Composes the data plane; see docs/architecture.md for the drawing. Any thread may call.
/// </summary>
public sealed class AcquisitionSession : IDisposable
{
    private readonly IWritableStore _store;
    private readonly StickyFault _fault;
    private readonly WorkerPool _workers;
    private readonly DatasetPublisher _publisher;
    private readonly FlushLoop _flushLoop;
    private string? _endReason;

    private AcquisitionSession(AcquisitionPlan plan, MemoryPlan memory, IWritableStore store, Action<StreamFault>? onFault,
        Action<string>? onWarning, bool rescues)
    {
        Rescues = rescues;
        Plan = plan;
        Memory = memory;
        _store = store;
        _fault = new StickyFault(WakeEverybody, onFault);
        var batches = new BatchPool(memory.Workers, memory.Encoding.Batch, store.WriteAlignment);
        var shared = new SharedParts(
            store, new WorkerSignal(), _fault, memory.Encoding, memory.Downsampling, batches.MostToShard,
            onWarning);
        Pipelines = [.. memory.Cameras.Select((camera, number) => new CameraPipeline(number, plan, camera, shared))];
        WorkerTools[] tools = [.. Enumerable.Range(0, memory.Workers)
            .Select(_ => new WorkerTools(new ChunkRowEncoder(memory.Encoding), new PlaneDownsampler(memory.Downsampling)))];
        CameraWork[] work = [.. Pipelines.Select(pipeline => pipeline.Work)];
        _workers = new WorkerPool(tools, batches, work, Prefault, shared.Signal, _fault);
        Live = new LiveFrames(this);
        _publisher = new DatasetPublisher(plan, store, Pipelines);
        FreeSpace = new FreeSpace(plan, store, onWarning);
        _flushLoop = new FlushLoop(this);
    }

    public AcquisitionPlan Plan { get; }

    public MemoryPlan Memory { get; }

    /// <summary>One pipeline per camera, in the order of the plan.</summary>
    public ImmutableArray<CameraPipeline> Pipelines { get; }

    /// <summary>What has been appended and is not on the store yet.</summary>
    public LiveFrames Live { get; }

    /// <summary>The first failure, or null.</summary>
    public StreamFault? Fault => _fault.First;

    internal IWritableStore Store => _store;

    /// <summary>Whether frames count that a killed writer has stored beyond what its documents tell.</summary>
    internal bool Rescues { get; }

    internal StickyFault Faults => _fault;

    internal DatasetPublisher Publisher => _publisher;

    internal FreeSpace FreeSpace { get; }

    /// <summary>
    /// Allocates the session's memory and threads, then begins the dataset with its metadata. Everything that can fail without
    /// the store has succeeded before the store is touched. On failure nothing remains, and the store is as it was. From this
    /// call on the session owns the store.
    /// </summary>
    /// <param name="plan">What to write. Its <c>create_timeout_ms</c> bounds the wait for the store.</param>
    /// <param name="memory">The memory plan made for it.</param>
    /// <param name="store">Where to write.</param>
    /// <param name="onFault">Called with the first failure, once, on the thread that met it.</param>
    /// <param name="onWarning">Told of what does not fail yet: room that grows short, metadata of frames that cannot be
    /// stored. On a thread of the session, or on a camera's.</param>
    /// <exception cref="StoreException">The store refused.</exception>
    /// <exception cref="OutOfMemoryException">The system does not give the planned memory, or another thread.</exception>
    /// <exception cref="TimeoutException">The store did not answer in time; what it has begun is undone once it
    /// answers.</exception>
    public static AcquisitionSession Start(AcquisitionPlan plan, MemoryPlan memory, IWritableStore store,
        Action<StreamFault>? onFault = null, Action<string>? onWarning = null) =>
        Start(plan, memory, store, onFault, onWarning, rescues: false);

    /// <summary>
    /// Goes on with a dataset whose writer was killed, in order to end it: the plan has <c>resume</c>. Everything counts that is
    /// stored, also beyond what documents tell, since nobody gives these frames again; what lies between and is not stored is
    /// missing. Everything else as for <see cref="Start(AcquisitionPlan, MemoryPlan, IWritableStore, Action{StreamFault}?,
    /// Action{string}?)"/>.
    /// </summary>
    public static AcquisitionSession StartRescue(
        AcquisitionPlan plan, MemoryPlan memory, IWritableStore store, Action<string>? onWarning = null) =>
        Start(plan, memory, store, onFault: null, onWarning, rescues: true);

    private static AcquisitionSession Start(AcquisitionPlan plan, MemoryPlan memory, IWritableStore store,
        Action<StreamFault>? onFault, Action<string>? onWarning, bool rescues)
    {
        var session = Make(plan, memory, store, onFault, onWarning, rescues);
        try
        {
            session._workers.Start();
            session._flushLoop.Start();
        }
        catch (OutOfMemoryException)
        {
            session.Release();
            throw new InsufficientMemoryException(
                $"the system refuses to start {memory.Workers + 1} more threads: raise its limit (ulimit -u, or pids.max of the "
                    + $"control group), or lower pipeline.workers");
        }
        catch
        {
            session.Release();
            throw;
        }

        try
        {
            session._flushLoop.WaitForBeginning(Deadline.After(plan.Pipeline.CreateTimeoutMs));
            return session;
        }
        catch (TimeoutException)
        {
            store.Cancel();
            throw new TimeoutException(
                $"the store did not answer within pipeline.create_timeout_ms ({plan.Pipeline.CreateTimeoutMs} ms); what it has "
                    + $"begun is undone once it does");
        }
    }

    private static AcquisitionSession Make(AcquisitionPlan plan, MemoryPlan memory, IWritableStore store,
        Action<StreamFault>? onFault, Action<string>? onWarning, bool rescues)
    {
        try
        {
            return new AcquisitionSession(plan, memory, store, onFault, onWarning, rescues);
        }
        catch
        {
            // Memory that was already allocated is freed by its finalizers.
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Replaces the acquisition-wide metadata of a namespace; see <see cref="DatasetPublisher.TrySetMetadata"/>.
    /// </summary>
    public bool TrySetMetadata(string name, System.Text.Json.Nodes.JsonNode? value) => _publisher.TrySetMetadata(name, value);

    /// <summary>
    /// Replaces the metadata of a namespace of one image; see <see cref="DatasetPublisher.TrySetImageMetadata"/>.
    /// </summary>
    public bool TrySetImageMetadata(int image, string name, System.Text.Json.Nodes.JsonNode? value) =>
        _publisher.TrySetImageMetadata(image, name, value);

    /// <summary>
    /// Waits until every chunk that is complete now is stored and visible to readers. False when the time-out passed first. A
    /// failure to publish becomes the session's <see cref="Fault"/>.
    /// </summary>
    public bool Flush(int timeoutMs) => _flushLoop.Flush(Deadline.After(timeoutMs));

    /// <summary>Begins to finalize; no further frame is accepted. May be called more than once.</summary>
    public void BeginFinalize() => _flushLoop.BeginEnd(abort: false);

    /// <summary>Stops without completing unfinished chunks. Ends like a finalize.</summary>
    public void BeginAbort() => _flushLoop.BeginEnd(abort: true);

    /// <summary>
    /// Whether an abort, and not only a finalize, ended the session before everything was stored; final after the end.
    /// </summary>
    public bool WasAborted => _flushLoop.WasAborted;

    /// <summary>Asks the store to fail its pending operations as soon as it can: nobody waits for the rest of an abort.</summary>
    public void GiveUp() => _store.Cancel();

    /// <summary>Whether a finalize or an abort has begun.</summary>
    public bool IsEnding => _flushLoop.IsEnding;

    /// <summary>Waits for the end. True once every thread has ended and all memory is free.</summary>
    public bool WaitForEnd(int timeoutMs) => _flushLoop.WaitForEnd(timeoutMs);

    /// <summary>
    /// The host's own reason for ending the stream early; null when everything is done. Kept in the metadata. Any thread.
    /// </summary>
    public string? EndReason
    {
        get => Volatile.Read(ref _endReason);
        set => Volatile.Write(ref _endReason, value);
    }

    /// <summary>Fraction of the accepted frames that are written, 0 to 1.</summary>
    public double Progress
    {
        get
        {
            var appended = Pipelines.Sum(pipeline => pipeline.Counters.FramesAppended);
            return appended == 0 ? 1 : Math.Min(1, (double)Pipelines.Sum(pipeline => pipeline.FramesWritten) / appended);
        }
    }

    /// <summary>A snapshot of all counters, summed over the pipelines.</summary>
    public SessionStats Stats() => StatsOf(Pipelines.AsSpan(), Memory.TotalBytes);

    /// <summary>
    /// A snapshot of one pipeline's counters; the counts of workers and errors, and the store's room, are the session's.
    /// </summary>
    public SessionStats Stats(CameraPipeline pipeline) => StatsOf([pipeline], pipeline.Memory.TotalBytes);

    /// <summary>Aborts the session unless it has been finalized, and waits until it has ended.</summary>
    public void Dispose()
    {
        BeginAbort();
        WaitForEnd(-1);
    }

    /// <summary>Whether every worker is idle and would find no work.</summary>
    internal bool WorkersRest => _workers.AreIdle;

    /// <summary>
    /// Ends the threads, closes the store and frees all memory. Called once: by the flush loop, or in its place.
    /// </summary>
    internal void Release()
    {
        try
        {
            Live.Close();
            _workers.Dispose();
            foreach (var pipeline in Pipelines)
                pipeline.Release();
        }
        finally
        {
            _store.Dispose();
        }
    }

    private SessionStats StatsOf(ReadOnlySpan<CameraPipeline> pipelines, long memoryBytes) =>
        SessionStats.Of(pipelines, _workers.Awake, memoryBytes, _fault.Count, FreeSpace);

    private bool Prefault()
    {
        foreach (var pipeline in Pipelines)
        {
            if (pipeline.Prefault())
                return true;
        }

        return false;
    }

    private void WakeEverybody()
    {
        foreach (var pipeline in Pipelines)
            pipeline.WakeEverybody();
    }
}
