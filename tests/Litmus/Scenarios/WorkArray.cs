using OmeZarr.Acquisition;
using OmeZarr.Stores;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Workers;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>An array of which no byte is stored, and the state of the batches of each of its chunk rows.</summary>
internal sealed class WorkArray
{
    public const int FramesPerChunkRow = 2;

    private const int ChunkRowsPerShard = 3;

    // A chunk of half a megabyte is a batch by itself.
    private const int ChunkPixels = 512;
    private const int ChunkColumns = 512;

    private readonly Trial _trial;
    private readonly ArrayOutput _output;
    private readonly int _level;
    private readonly int _batches;
    private readonly int[] _taken;
    private readonly int[] _copied;
    private readonly int[] _finished;
    private int _added;
    private int _finishedCount;

    /// <param name="trial">Is told what is wrong.</param>
    /// <param name="level">Its resolution level.</param>
    /// <param name="batches">Batches in each of its chunk rows.</param>
    /// <param name="chunkRows">Chunk rows that it will have.</param>
    public WorkArray(Trial trial, int level, int batches, int chunkRows)
    {
        _trial = trial;
        _batches = batches;
        ChunkRows = chunkRows;
        _taken = new int[chunkRows * batches];
        _copied = new int[chunkRows * FramesPerChunkRow];
        _finished = new int[chunkRows];
        var plan = Plan(batches);
        var geometry = new ChunkGeometry(plan);
        var codec = new ChunkCodec(plan.Compression, plan.Checksum, plan.DataType);
        var objects = new ArrayObjects(new NullStore(), plan, geometry.ChunksPerShard, plan.ChunkBytes, durable: false);
        var encoding = new ArrayEncoding(0, level, geometry, codec, ArrayEncoding.Raw);
        _level = level;
        _output = new ArrayOutput(
            geometry, encoding.Axes, objects, Frames(plan), new StoredFrontier(), endingAxis: -1, resumed: null);
        Assembler = new ChunkAssembler(encoding, new FrameSource(null!), _output, image: 0, assemblies: null);
    }

    public ChunkAssembler Assembler { get; }

    public int ChunkRows { get; }

    /// <summary>Chunk rows whose frames are all handed in.</summary>
    public int ChunkRowsAdded => Volatile.Read(ref _added);

    /// <summary>Chunk rows that are added and not finished.</summary>
    public int Open => ChunkRowsAdded - Volatile.Read(ref _finishedCount);

    /// <summary>Records that all frames of the next chunk row are handed in.</summary>
    public void Added() => Interlocked.Increment(ref _added);

    /// <summary>Records that a worker took a frame to copy it early.</summary>
    public void Copied(in WorkItem item)
    {
        if (Interlocked.Increment(ref _copied[item.EarlyCopy.Part.Frame]) != 1)
            _trial.Found($"frame {item.EarlyCopy.Part.Frame} of level {_level} was given to two workers");
    }

    /// <summary>Records that a worker took a batch; returns its tiles.</summary>
    public TileBatch Taken(in WorkItem item)
    {
        if (Interlocked.Increment(ref _taken[item.ChunkRow.Id * _batches + item.Batch]) != 1)
            _trial.Found($"batch {item.Batch} of chunk row {item.ChunkRow.Id} was given to two workers");
        return _output.Geometry.Batch(item.Batch);
    }

    /// <summary>Ends a chunk row whose batches are all done.</summary>
    public void Finish(ChunkRow chunkRow)
    {
        if (Interlocked.Increment(ref _finished[chunkRow.Id]) != 1)
            _trial.Found($"chunk row {chunkRow.Id} was finished twice");
        Assembler.Finish(chunkRow, written: true);
        Interlocked.Increment(ref _finishedCount);
    }

    /// <summary>What a flush promises of the chunk rows that were added before it.</summary>
    public void ExpectFinished(int chunkRows)
    {
        for (var chunkRow = 0; chunkRow < chunkRows; chunkRow++)
            _trial.Expect(Volatile.Read(ref _finished[chunkRow]) == 1,
                $"a flush left out chunk row {chunkRow} of level {_level}");
    }

    public void CountBatches()
    {
        _trial.Expect(_taken.All(count => count == 1), "a batch was never taken");
        _trial.Expect(_finished.All(count => count == 1), "a chunk row was never finished");
        _trial.Expect(_output.OpenShardRows()
            .All(shardRow => shardRow.Id == (ChunkRows - 1) / ChunkRowsPerShard && !shardRow.HasWorkers), "a shard stayed open");
        foreach (var shardRow in _output.OpenShardRows())
            shardRow.Publish(durable: false);
        _trial.Expect(_output.StoredLength == (long)ChunkRows * FramesPerChunkRow, "an array has gaps");
    }

    private static ArrayFrames Frames(ArrayPlan plan)
    {
        var level = new LevelPlan { Number = 0, Step = [1, 1, 1], Factors = [1, 1, 1], Arrays = [plan] };
        return new ArrayFrames(new FrameRouter([new RoutedDimension(0, 0)]), level, plan, image: 0);
    }

    private static ArrayPlan Plan(int tiles) => new()
    {
        Path = "0",
        DataType = DataType.UInt8,
        Shape = [0, ChunkPixels, tiles * ChunkColumns],
        UnboundedAxis = 0,
        ChunkShape = [FramesPerChunkRow, ChunkPixels, ChunkColumns],
        ShardShapeInChunks = [ChunkRowsPerShard, 1, tiles],
        Compression = new Compression.None(),
        Checksum = false,
        DimensionNames = ["t", "y", "x"],
    };
}
