using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Workers;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>An array of which no byte is stored, and what has become of the batches of each of its groups.</summary>
internal sealed class WorkArray
{
    public const int FramesPerGroup = 2;

    private const int GroupsPerShard = 3;

    // A chunk of half a megabyte is a batch by itself.
    private const int ChunkRows = 512;
    private const int ChunkColumns = 512;

    private readonly Trial _trial;
    private readonly int _batches;
    private readonly int[] _taken;
    private readonly int[] _gathered;
    private readonly int[] _finished;
    private int _added;
    private int _finishedCount;

    /// <param name="trial">Is told what is wrong.</param>
    /// <param name="level">Its resolution level.</param>
    /// <param name="batches">Batches of each of its groups.</param>
    /// <param name="groups">Groups that it will have.</param>
    public WorkArray(Trial trial, int level, int batches, int groups)
    {
        _trial = trial;
        _batches = batches;
        Groups = groups;
        _taken = new int[groups * batches];
        _gathered = new int[groups * FramesPerGroup];
        _finished = new int[groups];
        var plan = Plan(batches);
        var geometry = new ChunkGeometry(plan);
        var codec = new ChunkCodec(plan.Compression, plan.Checksum, plan.DataType);
        var objects = new ArrayObjects(new NullStore(), plan, geometry.ChunksPerShard, plan.ChunkBytes, durable: false);
        Writer = new ArrayWriter(new ArrayEncoding(0, level, geometry, codec, ArrayEncoding.Raw), new FrameSource(null!), objects, assemblies: null);
    }

    public ArrayWriter Writer { get; }

    public int Groups { get; }

    /// <summary>Groups whose frames are all handed in.</summary>
    public int GroupsAdded => Volatile.Read(ref _added);

    /// <summary>Groups that are added and not finished.</summary>
    public int Open => GroupsAdded - Volatile.Read(ref _finishedCount);

    /// <summary>Notes that all frames of the next group are handed in.</summary>
    public void Added() => Interlocked.Increment(ref _added);

    /// <summary>Notes that a worker took a frame to copy it early.</summary>
    public void Gathered(in WorkItem item)
    {
        if (Interlocked.Increment(ref _gathered[item.Part.Frame]) != 1)
            _trial.Found($"frame {item.Part.Frame} of level {Writer.Level} was given to two workers");
    }

    /// <summary>Notes that a worker took a batch; returns its tiles.</summary>
    public TileBatch Taken(in WorkItem item)
    {
        if (Interlocked.Increment(ref _taken[item.Group.Id * _batches + item.Batch]) != 1)
            _trial.Found($"batch {item.Batch} of group {item.Group.Id} was given to two workers");
        return Writer.Geometry.Batch(item.Batch);
    }

    /// <summary>Ends a group whose batches are all done.</summary>
    public void Finish(ChunkGroup group)
    {
        if (Interlocked.Increment(ref _finished[group.Id]) != 1)
            _trial.Found($"group {group.Id} was finished twice");
        Writer.Finish(group, written: true);
        Interlocked.Increment(ref _finishedCount);
    }

    /// <summary>What a flush promises of the groups that were added before it.</summary>
    public void ExpectFinished(int groups)
    {
        for (var group = 0; group < groups; group++)
            _trial.Expect(Volatile.Read(ref _finished[group]) == 1, $"a flush left out group {group} of level {Writer.Level}");
    }

    public void CountBatches()
    {
        _trial.Expect(_taken.All(count => count == 1), "a batch was never taken");
        _trial.Expect(_finished.All(count => count == 1), "a group was never finished");
        _trial.Expect(Writer.OpenSlabs().All(slab => slab.Id == (Groups - 1) / GroupsPerShard && !slab.HasWorkers), "a shard stayed open");
        foreach (var slab in Writer.OpenSlabs())
            slab.Publish(durable: false);
        _trial.Expect(Writer.StoredLength == (long)Groups * FramesPerGroup, "an array has gaps");
    }

    private static ArrayPlan Plan(int tiles) => new()
    {
        Path = "0",
        DataType = DataType.UInt8,
        Shape = [0, ChunkRows, tiles * ChunkColumns],
        UnboundedAxis = 0,
        ChunkShape = [FramesPerGroup, ChunkRows, ChunkColumns],
        ShardShapeInChunks = [GroupsPerShard, 1, tiles],
        Compression = new Compression.None(),
        Checksum = false,
        DimensionNames = ["t", "y", "x"],
    };
}
