using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// The threads that sort, gather, encode and write. They sleep when there is nothing to do. Once the stream has failed
/// they only let go of frames, so that nobody waits for ever.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly CameraLane[] _lanes;
    private readonly WorkWatch _work;
    private readonly StickyFault _fault;
    private readonly Thread[] _threads;
    private readonly GroupEncoder[] _encoders;
    private readonly BatchPool _batches;
    private readonly BatchOutput _output;
    private readonly Func<bool> _mayWork;
    private int _running;
    private volatile bool _stopping;

    /// <summary>Makes the workers' memory; no thread runs yet.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="lanes">Where their work comes from.</param>
    /// <param name="work">Where they rest: told of new work in any lane.</param>
    /// <param name="fault">The first failure of any lane.</param>
    /// <param name="plan">What they encode.</param>
    /// <param name="writeAlignment">Of memory that the store takes without a copy.</param>
    public WorkerPool(int workers, CameraLane[] lanes, WorkWatch work, StickyFault fault, EncodingPlan plan, int writeAlignment)
    {
        _lanes = lanes;
        _work = work;
        _fault = fault;
        FrameSource[] sources = [.. lanes.Select(lane => lane.Source)];
        _encoders = new GroupEncoder[workers];
        for (var i = 0; i < workers; i++)
            _encoders[i] = new GroupEncoder(sources, plan);
        _batches = new BatchPool(workers, plan, writeAlignment);
        _output = new BatchOutput(_batches, oneAtATime: writeAlignment == 1, fault, Written);
        _threads = new Thread[workers];
        _mayWork = () => _stopping || HasWork();
    }

    /// <summary>Workers that are not asleep.</summary>
    public int Awake => Math.Max(0, Volatile.Read(ref _running) - _work.Resting);

    public void Start()
    {
        _running = _threads.Length;
        for (var i = 0; i < _threads.Length; i++)
        {
            var number = i;
            var thread = new Thread(() => Run(number), StackBytes) { IsBackground = true, Name = "omz worker " + i };
            thread.Start();
            // Only now: Dispose waits for the threads that run, should the system refuse another.
            _threads[i] = thread;
        }
    }

    /// <summary>Ends the threads and frees their memory.</summary>
    public void Dispose()
    {
        _stopping = true;
        _work.WakeAll();
        foreach (var thread in _threads)
            thread?.Join();
        foreach (var encoder in _encoders)
            encoder.Dispose();
        _batches.Dispose();
    }

    private void Run(int number)
    {
        var encoder = _encoders[number];
        // Workers begin at different lanes.
        var turn = number;
        BackgroundThread.GiveWay();
        _work.Enter();
        while (!_stopping)
        {
            // Pages that the system gives now are pages that no camera thread has to wait for.
            if (!DoOne(encoder, ref turn) && !TouchAhead())
                _work.Rest(_mayWork);
        }

        Interlocked.Decrement(ref _running);
    }

    private bool TouchAhead()
    {
        foreach (var lane in _lanes)
        {
            if (lane.Ring.TouchAhead())
                return true;
        }

        return false;
    }

    private bool HasWork()
    {
        foreach (var lane in _lanes)
        {
            if (lane.Distributor.HasWork || !lane.Ready.IsEmpty)
                return true;
        }

        return false;
    }

    // A piece of work is about as large in every lane: going round shares the workers out fairly, and a camera whose chunks
    // take long does not hold up the others.
    private bool DoOne(GroupEncoder encoder, ref int turn)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            turn = (turn + 1) % _lanes.Length;
            if (DoOne(encoder, _lanes[turn]))
                return true;
        }

        return false;
    }

    private bool DoOne(GroupEncoder encoder, CameraLane lane)
    {
        try
        {
            if (lane.Distributor.TryRun())
                return true;
        }
        catch (Exception exception)
        {
            // A frame that cannot be sorted is lost whatever follows: say so, and let the stream end.
            Fail(exception);
            lane.Distributor.Unblock();
            return true;
        }

        if (!lane.Ready.TryTake(out var item))
            return false;
        if (!lane.Ready.IsEmpty)
            _work.Summon();
        if (item.IsGather)
            Gather(encoder, lane, item);
        else
            Encode(encoder, item);
        return true;
    }

    private void Gather(GroupEncoder encoder, CameraLane lane, in WorkItem item)
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

        lane.Ring.LetGo(item.Part.Place);
        lane.Distributor.Settle(item.Group, 1);
        EndJob(lane, item.Generation);
    }

    private void Encode(GroupEncoder encoder, in WorkItem item)
    {
        var batch = _batches.Take();
        batch.Begin(item.Group, item.Group.Array.Geometry.Batch(item.Batch));
        try
        {
            if (!_fault.IsDiscarding)
                encoder.Encode(batch, isFirst: item.Batch == 0);
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
            Finish(LaneOf(group), group);
    }

    private void LeaveFrames(ChunkGroup group)
    {
        if (!group.LeaveFrames())
            return;
        var ring = LaneOf(group).Ring;
        foreach (var part in group.Parts)
        {
            if (part.IsInRing)
                ring.LetGo(part.Place);
        }
    }

    private CameraLane LaneOf(ChunkGroup group) => _lanes[group.Array.Camera];

    private void Finish(CameraLane lane, ChunkGroup group)
    {
        var written = !_fault.IsDiscarding;
        if (written)
            lane.NoteWritten(group.Frames);
        var generation = group.Generation;
        lane.Distributor.Finish(group, written);
        EndJob(lane, generation);
    }

    // The last job may have left a frame behind that waits for a buffer of an unfinished group.
    private static void EndJob(CameraLane lane, int generation)
    {
        lane.InFlight.EndJob(generation);
        lane.Distributor.EndIfStuck();
    }

    private void Fail(Exception exception) => _fault.Set(StreamFault.From(exception));
}
