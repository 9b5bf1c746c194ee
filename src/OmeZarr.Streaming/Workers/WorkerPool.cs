using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Faults;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// The threads that route, copy, encode and write. They sleep when there is nothing to do. Once the stream has failed they only
/// release frames, so that nobody waits for ever.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly CameraWork[] _cameras;
    private readonly WorkerSignal _signal;
    private readonly StickyFault _fault;
    private readonly Thread[] _threads;
    private readonly WorkerTools[] _tools;
    private readonly BatchPool _batches;
    private readonly BatchOutput _output;
    private readonly Func<bool> _prefault;
    private readonly Func<bool> _mayWork;
    private int _running;
    private volatile bool _stopping;

    /// <summary>Creates the pool; no thread runs yet.</summary>
    /// <param name="tools">The tools of each worker.</param>
    /// <param name="batches">What they encode into.</param>
    /// <param name="cameras">The work of each camera.</param>
    /// <param name="prefault">Has the system map memory that frames will use; returns whether there was any left to map.</param>
    /// <param name="signal">Where they rest; notified of new work of any camera.</param>
    /// <param name="fault">The first failure of any camera.</param>
    public WorkerPool(WorkerTools[] tools, BatchPool batches, CameraWork[] cameras, Func<bool> prefault, WorkerSignal signal,
        StickyFault fault)
    {
        _cameras = cameras;
        _signal = signal;
        _fault = fault;
        _tools = tools;
        _batches = batches;
        _prefault = prefault;
        _output = new BatchOutput(batches, fault, Written);
        _threads = new Thread[tools.Length];
        _mayWork = () => _stopping || HasWork();
    }

    /// <summary>Workers that are not asleep.</summary>
    public int Awake => Math.Max(0, Volatile.Read(ref _running) - _signal.Resting);

    /// <summary>Whether every worker rests and would find nothing to do.</summary>
    public bool AreIdle => Awake == 0 && !HasWork();

    /// <exception cref="OutOfMemoryException">The system refuses another thread. Those that run end with
    /// <see cref="Dispose"/>.</exception>
    public void Start()
    {
        for (var i = 0; i < _threads.Length; i++)
        {
            var number = i;
            var thread = new Thread(() => Run(number), StackBytes) { IsBackground = true, Name = "omz worker " + i };
            thread.Start();
            // Only now: if the system refuses the next thread, Dispose waits for those that run.
            _threads[i] = thread;
            Interlocked.Increment(ref _running);
        }
    }

    /// <summary>Ends the threads and frees their memory.</summary>
    public void Dispose()
    {
        _stopping = true;
        _signal.WakeAll();
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
        // Workers begin at different cameras.
        var turn = number;
        BackgroundThread.GiveWay();
        while (!_stopping)
        {
            try
            {
                // Pages that are mapped now do not delay a camera's thread later.
                if (!DoOne(tools, ref turn) && !_prefault())
                    _signal.Rest(_mayWork);
            }
            catch (Exception exception)
            {
                // Expected failures are caught where they occur. An exception that left here would end the host.
                _fault.Break(exception);
            }
        }

        Interlocked.Decrement(ref _running);
    }

    private bool HasWork()
    {
        foreach (var camera in _cameras)
        {
            if (camera.HasWork)
                return true;
        }

        return false;
    }

    // A piece of work is about equally large for every camera (half a megabyte of tiles, or a frame's next level). So round robin
    // shares the workers fairly, and a camera whose chunks take long does not delay the others.
    private bool DoOne(WorkerTools tools, ref int turn)
    {
        for (var i = 0; i < _cameras.Length; i++)
        {
            turn = (turn + 1) % _cameras.Length;
            if (DoOne(tools, _cameras[turn]))
                return true;
        }

        return false;
    }

    private bool DoOne(WorkerTools tools, CameraWork camera)
    {
        if (camera.TryDistribute())
            return true;
        if (!camera.Ready.TryTake(out var item))
            return false;
        if (!camera.Ready.IsEmpty)
            _signal.Wake();
        if (item.Downsampling is { } downsampling)
            camera.Downsample(tools.Downsampler, downsampling, item.Generation);
        else if (item.IsEarlyCopy)
            camera.CopyEarly(tools.Encoder, item);
        else if (item.IsEnd)
            camera.Finish(item.ChunkRow);
        else
            Encode(tools.Encoder, camera, item);
        return true;
    }

    private void Encode(ChunkRowEncoder encoder, CameraWork camera, in WorkItem item)
    {
        var chunkRow = item.ChunkRow;
        var batch = _batches.Take();
        batch.Begin(chunkRow, chunkRow.Geometry.Batch(item.Batch));
        try
        {
            if (!_fault.IsDiscarding)
                encoder.Encode(chunkRow, batch, isFirst: item.Batch == 0);
        }
        catch (Exception exception)
        {
            _fault.Set(StreamFault.From(exception));
        }

        // Frames are free once they are encoded: a camera's buffer does not wait for the disk.
        if (!batch.IsInPlace)
            camera.LeaveFrames(chunkRow);
        _output.Write(batch);
    }

    private void Written(EncodedBatch batch)
    {
        // Encode set a chunk row as the destination.
        var chunkRow = (ChunkRow)batch.Destination;
        var camera = _cameras[chunkRow.Encoding.Camera];
        if (batch.IsInPlace)
            camera.LeaveFrames(chunkRow);
        // At half of what a crowded shard may have: a worker that passed the shard over finds work there again, and for more than
        // a moment.
        if (chunkRow.ShardRow?.Leave(batch.Tiles.Shard) == _batches.MostToShard / 2 && !camera.Ready.IsEmpty)
            _signal.Notify();
        if (chunkRow.FinishBatch())
            camera.Finish(chunkRow);
    }
}
