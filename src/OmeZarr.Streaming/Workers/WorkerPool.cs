using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// The threads that sort, copy, encode and write. They sleep when there is nothing to do. Once the stream has failed
/// they only release frames, so that nobody waits for ever.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly CameraPipeline[] _pipelines;
    private readonly WorkerSignal _work;
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
    /// <param name="pipelines">Where their work comes from.</param>
    /// <param name="work">Where they rest: told of new work in any pipeline.</param>
    /// <param name="fault">The first failure of any pipeline.</param>
    /// <param name="encoding">What they encode.</param>
    /// <param name="downsampling">What they make levels of.</param>
    /// <param name="writeAlignment">Of memory that the store takes without a copy.</param>
    public WorkerPool(int workers, CameraPipeline[] pipelines, WorkerSignal work, StickyFault fault, EncodingPlan encoding, DownsamplingPlan downsampling, int writeAlignment)
    {
        _pipelines = pipelines;
        _work = work;
        _fault = fault;
        _tools = new WorkerTools[workers];
        for (var i = 0; i < workers; i++)
            _tools[i] = new WorkerTools(new ChunkRowEncoder(encoding), new PlaneDownsampler(downsampling));
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
        BackgroundThread.Isolate();
        var tools = _tools[number];
        // Workers begin at different pipelines.
        var turn = number;
        BackgroundThread.GiveWay();
        while (!_stopping)
        {
            try
            {
                // Pages that the system gives now are pages that no camera thread has to wait for.
                if (!DoOne(tools, ref turn) && !Prefault())
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

    private bool Prefault()
    {
        foreach (var pipeline in _pipelines)
        {
            if (pipeline.Prefault())
                return true;
        }

        return false;
    }

    private bool HasWork()
    {
        foreach (var pipeline in _pipelines)
        {
            if (pipeline.Distributor.HasWork || pipeline.Ready.HasRunnable)
                return true;
        }

        return false;
    }

    // A piece of work is about as large in every pipeline (tiles of half a megabyte, or a frame's next level): going round shares the workers out fairly, and a camera whose chunks
    // take long does not hold up the others.
    private bool DoOne(WorkerTools tools, ref int turn)
    {
        for (var i = 0; i < _pipelines.Length; i++)
        {
            turn = (turn + 1) % _pipelines.Length;
            if (DoOne(tools, _pipelines[turn]))
                return true;
        }

        return false;
    }

    private bool DoOne(WorkerTools tools, CameraPipeline pipeline)
    {
        try
        {
            if (pipeline.Distributor.TryRun())
                return true;
        }
        catch (Exception exception)
        {
            // A frame that cannot be sorted is lost whatever follows: say so, and let the stream end.
            Fail(exception);
            pipeline.Room.End();
            return true;
        }

        if (!pipeline.Ready.TryTake(out var item))
            return false;
        if (!pipeline.Ready.IsEmpty)
            _work.Wake();
        if (item.Downsampling is { } downsampling)
            Downsample(tools.Downsampler, pipeline, downsampling, item.Generation);
        else if (item.IsEarlyCopy)
            CopyEarly(tools.Encoder, pipeline, item);
        else if (item.IsEnd)
            Finish(pipeline, item.ChunkRow);
        else
            Encode(tools.Encoder, item);
        return true;
    }

    private void CopyEarly(ChunkRowEncoder encoder, CameraPipeline pipeline, in WorkItem item)
    {
        try
        {
            if (!_fault.IsDiscarding)
                encoder.CopyEarly(item);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        pipeline.Ring.Release(item.Part.Slot);
        pipeline.ChunkRows.CompleteFrames(item.ChunkRow, 1);
        EndJob(pipeline, item.Generation);
    }

    // Goes on with the next level's plane when this was the last that it waited for: its pixels are in the cache.
    private void Downsample(PlaneDownsampler downsampler, CameraPipeline pipeline, PlaneDownsampling? downsampling, int generation)
    {
        while (downsampling is not null)
        {
            try
            {
                if (!_fault.IsDiscarding)
                    downsampler.Downsample(downsampling);
            }
            catch (Exception exception)
            {
                Fail(exception);
            }

            downsampling = End(pipeline, downsampling);
        }

        EndJob(pipeline, generation);
    }

    private static PlaneDownsampling? End(CameraPipeline pipeline, PlaneDownsampling downsampling)
    {
        var (chunkRow, next) = (downsampling.ChunkRow, downsampling.Next);
        downsampling.LeaveSources();
        downsampling.Level.Retire(downsampling);
        pipeline.Room.LookAgain();
        pipeline.ChunkRows.CompleteFrames(chunkRow, 1);
        return next?.CompleteSources(1) == true ? next : null;
    }

    private void Encode(ChunkRowEncoder encoder, in WorkItem item)
    {
        var batch = _batches.Take();
        batch.Begin(item.ChunkRow, item.ChunkRow.Array.Geometry.Batch(item.Batch));
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
            LeaveFrames(item.ChunkRow);
        _output.Write(batch);
    }

    private void Written(EncodedBatch batch)
    {
        var chunkRow = batch.ChunkRow;
        if (batch.IsInPlace)
            LeaveFrames(chunkRow);
        // Half of what a crowded shard may have: whoever left it alone finds work there again, for more than a moment.
        if (chunkRow.ShardRow?.Leave(batch.Tiles.Shard) == _mostOfShard / 2 && !PipelineOf(chunkRow).Ready.IsEmpty)
            _work.Notify();
        if (chunkRow.FinishBatch())
            Finish(PipelineOf(chunkRow), chunkRow);
    }

    private void LeaveFrames(ChunkRow chunkRow)
    {
        if (!chunkRow.LeaveFrames())
            return;
        var slots = chunkRow.Array.Source.Slots;
        foreach (var part in chunkRow.Parts)
        {
            if (part.HasSlot)
                slots.Release(part.Slot);
        }

        // Slots of a level are room that a frame may wait for.
        if (chunkRow.Array.Level > 0)
            PipelineOf(chunkRow).Room.LookAgain();
    }

    private CameraPipeline PipelineOf(ChunkRow chunkRow) => _pipelines[chunkRow.Array.Camera];

    private void Finish(CameraPipeline pipeline, ChunkRow chunkRow)
    {
        var written = !_fault.IsDiscarding;
        if (written && chunkRow.Array.Level == 0)
            pipeline.CountWritten(chunkRow.Frames);
        var generation = chunkRow.Generation;
        try
        {
            pipeline.ChunkRows.Finish(chunkRow, written);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        EndJob(pipeline, generation);
    }

    // The last job may have left a frame behind that waits for room that nobody makes any more.
    private static void EndJob(CameraPipeline pipeline, int generation)
    {
        pipeline.InFlight.EndJob(generation);
        pipeline.Room.EndIfStuck();
    }

    private void Fail(Exception exception) => _fault.Set(StreamFault.From(exception));
}
