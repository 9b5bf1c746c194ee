#line 1 "/work/w/simulation/src/OmeZarr.Streaming/Workers/WorkerPool.cs"
using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Pyramid;

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
    private readonly WorkerTools[] _tools;
    private readonly BatchPool _batches;
    private readonly BatchOutput _output;
    private readonly Func<bool> _mayWork;
    private readonly int _mostOfShard;
    private int _running;
    private volatile bool _stopping;

    /// <summary>Makes the workers' memory; no thread runs yet.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="lanes">Where their work comes from.</param>
    /// <param name="work">Where they rest: told of new work in any lane.</param>
    /// <param name="fault">The first failure of any lane.</param>
    /// <param name="encoding">What they encode.</param>
    /// <param name="reduction">What they make levels of.</param>
    /// <param name="writeAlignment">Of memory that the store takes without a copy.</param>
    public WorkerPool(int workers, CameraLane[] lanes, WorkWatch work, StickyFault fault, EncodingPlan encoding, ReductionPlan reduction, int writeAlignment)
    {
        _lanes = lanes;
        _work = work;
        _fault = fault;
        _tools = new WorkerTools[workers];
        for (var i = 0; i < workers; i++)
            _tools[i] = new WorkerTools(new GroupEncoder(encoding), new PlaneReducer(reduction));
        _batches = new BatchPool(workers, encoding, writeAlignment);
        _mostOfShard = BatchPool.MostOfShard(workers);
        _output = new BatchOutput(_batches, oneAtATime: writeAlignment == 1, fault, Written);
        _threads = new Thread[workers];
        _mayWork = () => _stopping || HasWork();
    }

    /// <summary>Workers that are not asleep.</summary>
    public int Awake => Math.Max(0, Volatile.Read(ref _running) - _work.Resting);

    /// <summary>Whether every worker rests and would find nothing to do.</summary>
    public bool AreIdle => Awake == 0 && !HasWork();

    /// <exception cref="OutOfMemoryException">The system refuses another thread. Those that run end with <see cref="Dispose"/>.</exception>
    public void Start()
    {
        for (var i = 0; i < _threads.Length; i++)
        {
            var number = i;
            var thread = new Thread(() => Run(number), StackBytes) { IsBackground = true, Name = "omz worker " + i };
            thread.Start();
            // Only now: Dispose waits for the threads that run, should the system refuse another.
            _threads[i] = thread;
            Interlocked.Increment(ref _running);
        }
    }

    /// <summary>Ends the threads and frees their memory.</summary>
    public void Dispose()
    {
        _stopping = true;
        _work.WakeAll();
        foreach (var thread in _threads)
            thread?.Join();
        foreach (var tools in _tools)
            tools.Dispose();
        _batches.Dispose();
    }

    private void Run(int number)
    {
        var tools = _tools[number];
        // Workers begin at different lanes.
        var turn = number;
        BackgroundThread.GiveWay();
        while (!_stopping)
        {
            try
            {
                // Pages that the system gives now are pages that no camera thread has to wait for.
                if (!DoOne(tools, ref turn) && !TouchAhead())
                    _work.Rest(_mayWork);
            }
            catch (Exception exception)
            {
                // What can fail is caught where it fails. An exception here would end the host.
                _fault.Break(exception);
            }
        }

        Interlocked.Decrement(ref _running);
    }

    private bool TouchAhead()
    {
        foreach (var lane in _lanes)
        {
            if (lane.TouchAhead())
                return true;
        }

        return false;
    }

    private bool HasWork()
    {
        foreach (var lane in _lanes)
        {
            if (lane.Distributor.HasWork || lane.Ready.HasRunnable)
                return true;
        }

        return false;
    }

    // A piece of work is about as large in every lane (tiles of half a megabyte, or a frame's next level): going round shares the workers out fairly, and a camera whose chunks
    // take long does not hold up the others.
    private bool DoOne(WorkerTools tools, ref int turn)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            turn = (turn + 1) % _lanes.Length;
            if (DoOne(tools, _lanes[turn]))
                return true;
        }

        return false;
    }

    private bool DoOne(WorkerTools tools, CameraLane lane)
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
            lane.Room.End();
            return true;
        }

        if (!lane.Ready.TryTake(out var item))
            return false;
        if (!lane.Ready.IsEmpty)
            _work.Summon();
        if (item.Reduction is { } reduction)
            Reduce(tools.Reducer, lane, reduction, item.Generation);
        else if (item.IsGather)
            Gather(tools.Encoder, lane, item);
        else if (item.IsEnd)
            Finish(lane, item.Group);
        else
            Encode(tools.Encoder, item);
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
        lane.Groups.Settle(item.Group, 1);
        EndJob(lane, item.Generation);
    }

    // Goes on with the next level's plane when this was the last that it waited for: its pixels are in the cache.
    private void Reduce(PlaneReducer reducer, CameraLane lane, PlaneReduction? reduction, int generation)
    {
        while (reduction is not null)
        {
            try
            {
                if (!_fault.IsDiscarding)
                    reducer.Reduce(reduction);
            }
            catch (Exception exception)
            {
                Fail(exception);
            }

            reduction = End(lane, reduction);
        }

        EndJob(lane, generation);
    }

    private static PlaneReduction? End(CameraLane lane, PlaneReduction reduction)
    {
        var (group, next) = (reduction.Group, reduction.Next);
        reduction.LeaveSources();
        reduction.Level.Retire(reduction);
        lane.Room.LookAgain();
        lane.Groups.Settle(group, 1);
        return next?.Settle(1) == true ? next : null;
    }

    private void Encode(GroupEncoder encoder, in WorkItem item)
    {
if (global::OmeZarr.Defects.Defect.IsChosen("early-frames")) LeaveFrames(item.Group); var batch = _batches.Take();
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
        // Half of what a crowded shard may have: whoever left it alone finds work there again, for more than a moment.
        if (group.Slab?.Leave(batch.Tiles.Shard) == _mostOfShard / 2 && !LaneOf(group).Ready.IsEmpty)
            _work.Announce();
        if (group.FinishBatch())
            Finish(LaneOf(group), group);
    }

    private void LeaveFrames(ChunkGroup group)
    {
        if (!group.LeaveFrames())
            return;
        var places = group.Array.Source.Places;
        foreach (var part in group.Parts)
        {
            if (part.HasPlace)
                places.LetGo(part.Place);
        }

        // Places of a level are room that a frame may wait for.
        if (group.Array.Level > 0)
            LaneOf(group).Room.LookAgain();
    }

    private CameraLane LaneOf(ChunkGroup group) => _lanes[group.Array.Camera];

    private void Finish(CameraLane lane, ChunkGroup group)
    {
        var written = !_fault.IsDiscarding;
        if (written && group.Array.Level == 0)
            lane.NoteWritten(group.Frames);
        var generation = group.Generation;
        try
        {
            lane.Groups.Finish(group, written);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        EndJob(lane, generation);
    }

    // The last job may have left a frame behind that waits for room that nobody makes any more.
    private static void EndJob(CameraLane lane, int generation)
    {
        lane.InFlight.EndJob(generation);
        lane.Room.EndIfStuck();
    }

    private void Fail(Exception exception) => _fault.Set(StreamFault.From(exception));
}
