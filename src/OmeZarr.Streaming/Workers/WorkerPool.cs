using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// The threads that sort, gather, encode and write. They sleep when there is nothing to do. Once the stream has failed
/// they only let go of frames, so that nobody waits for ever.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly FrameRing _ring;
    private readonly FrameDistributor _distributor;
    private readonly ReadyWork _ready;
    private readonly WorkInFlight _inFlight;
    private readonly StickyFault _fault;
    private readonly EncodingPlan _plan;
    private readonly Thread[] _threads;
    private readonly GroupEncoder[] _encoders;
    private readonly BatchPool _batches;
    private readonly BatchOutput _output;
    private readonly Func<bool> _mayWork;
    private PaddedLong _planesWritten;
    private int _running;
    private volatile bool _stopping;

    /// <summary>Makes the workers' memory; no thread runs yet.</summary>
    public WorkerPool(
        int workers, FrameRing ring, FrameDistributor distributor, ReadyWork ready, WorkInFlight inFlight, StickyFault fault, EncodingPlan plan,
        IntensitySampler? intensities, int writeAlignment)
    {
        _ring = ring;
        _distributor = distributor;
        _ready = ready;
        _inFlight = inFlight;
        _fault = fault;
        _plan = plan;
        _encoders = new GroupEncoder[workers];
        for (var i = 0; i < workers; i++)
            _encoders[i] = new GroupEncoder(ring, _plan, intensities);
        _batches = new BatchPool(workers, plan, writeAlignment);
        _output = new BatchOutput(_batches, oneAtATime: writeAlignment == 1, fault, Written);
        _threads = new Thread[workers];
        _mayWork = () => _stopping || distributor.HasWork || !ready.IsEmpty;
    }

    /// <summary>Workers that are not asleep.</summary>
    public int Awake => Math.Max(0, Volatile.Read(ref _running) - _inFlight.Work.Resting);

    /// <summary>Frames whose every chunk has been handed to the store.</summary>
    public long FramesWritten => Volatile.Read(ref _planesWritten.Value) / _plan.PlanesPerFrame;

    public void Start()
    {
        _running = _threads.Length;
        for (var i = 0; i < _threads.Length; i++)
        {
            var encoder = _encoders[i];
            var thread = new Thread(() => Run(encoder), StackBytes) { IsBackground = true, Name = "omz worker " + i };
            thread.Start();
            // Only now: Stop waits for the threads that run, should the system refuse another.
            _threads[i] = thread;
        }
    }

    /// <summary>Ends the threads and frees their memory.</summary>
    public void Dispose()
    {
        _stopping = true;
        _inFlight.Work.WakeAll();
        foreach (var thread in _threads)
            thread?.Join();
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _batches.Dispose();
    }

    private void Run(GroupEncoder encoder)
    {
        BackgroundThread.GiveWay();
        _inFlight.Work.Enter();
        while (!_stopping)
        {
            // Pages that the system gives now are pages that no camera thread has to wait for.
            if (!DoOne(encoder) && !_ring.TouchAhead())
                _inFlight.Work.Rest(_mayWork);
        }

        Interlocked.Decrement(ref _running);
    }

    private bool DoOne(GroupEncoder encoder)
    {
        try
        {
            if (_distributor.TryRun())
                return true;
        }
        catch (Exception exception)
        {
            // A frame that cannot be sorted is lost whatever follows: say so, and let the stream end.
            Fail(exception);
            _distributor.Unblock();
            return true;
        }

        if (!_ready.TryTake(out var item))
            return false;
        if (!_ready.IsEmpty)
            _inFlight.Work.Summon();
        if (item.IsGather)
            Gather(encoder, item);
        else
            Encode(encoder, item);
        return true;
    }

    private void Gather(GroupEncoder encoder, in WorkItem item)
    {
        try
        {
            if (!_fault.IsDiscarding)
                encoder.Gather(item);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        _ring.LetGo(item.Part.Place);
        _distributor.Settle(item.Group, 1);
        EndJob(item.Generation);
    }

    private void Encode(GroupEncoder encoder, in WorkItem item)
    {
        var batch = _batches.Take();
        try
        {
            batch.Begin(item.Group, default);
            if (!_fault.IsDiscarding)
                encoder.Encode(item.Group, item.Batch, batch);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        // Frames are free once they are encoded: a camera's buffer does not wait for the disk.
        if (!batch.IsInPlace)
            LeaveFrames(item.Group);
        _output.Write(batch);
    }

    private void Written(EncodedBatch batch)
    {
        var group = batch.Group;
        if (batch.IsInPlace)
            LeaveFrames(group);
        if (group.FinishBatch())
            Finish(group);
    }

    private void LeaveFrames(ChunkGroup group)
    {
        if (!group.LeaveFrames())
            return;
        foreach (var part in group.Parts)
        {
            if (part.IsInRing)
                _ring.LetGo(part.Place);
        }
    }

    private void Finish(ChunkGroup group)
    {
        var written = !_fault.IsDiscarding;
        if (written)
            Interlocked.Add(ref _planesWritten.Value, group.Frames);
        var generation = group.Generation;
        _distributor.Finish(group, written);
        EndJob(generation);
    }

    // The last job may have left a frame behind that waits for a buffer of an unfinished group.
    private void EndJob(int generation)
    {
        _inFlight.EndJob(generation);
        _distributor.EndIfStuck();
    }

    private void Fail(Exception exception) => _fault.Set(StreamFault.From(exception));
}
