using OmeZarr.Acquisition;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// One array being written: its open chunk rows and open shards. Chunk rows are opened and filled by the distributor (one
/// thread at a time), and finished by any worker.
/// </summary>
internal sealed class ArrayWriter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ChunkRow> _open = [];
    private readonly Dictionary<long, ShardRow> _shardRows = [];
    private readonly Stack<ChunkRow> _idle = new();
    private readonly AxisPlan[] _axes;
    private readonly AssemblyPool? _assemblies;
    private readonly StoredExtent? _extent;
    private List<long>? _lost; // Guarded by _lock.
    private long _planesStored;

    /// <param name="encoding">How its frames are cut and its chunks encoded.</param>
    /// <param name="source">Where its frames lie.</param>
    /// <param name="objects">Where its objects go.</param>
    /// <param name="assemblies">Memory that its chunk rows share with those of the pipeline's other arrays; null when frames wait in the ring.</param>
    public ArrayWriter(ArrayEncoding encoding, FrameSource source, ArrayObjects objects, AssemblyPool? assemblies)
    {
        Geometry = encoding.Geometry;
        Camera = encoding.Camera;
        Level = encoding.Level;
        Source = source;
        Encoder = encoding.Encoder;
        Objects = objects;
        _assemblies = assemblies;
        _axes = encoding.Axes;
        if (Geometry.Plan.UnboundedAxis >= 0)
        {
            long perRow = 1;
            foreach (var axis in _axes)
                perRow = checked(perRow * (axis.IsUnbounded ? 1 : axis.Chunks));
            _extent = new StoredExtent(perRow);
        }
    }

    /// <summary>Number of the camera whose frames it stores.</summary>
    public int Camera { get; }

    /// <summary>Number of the resolution level, 0 for the frames as they come.</summary>
    public int Level { get; }

    /// <summary>Where its frames lie.</summary>
    public FrameSource Source { get; }

    /// <summary>How frames are cut, the same in all images: the path in its plan is not this array's.</summary>
    public ChunkGeometry Geometry { get; }

    /// <summary>The array.</summary>
    public ArrayPlan Plan => Objects.Plan;

    /// <summary>Number of the encoder for its chunks among a worker's.</summary>
    public int Encoder { get; }

    /// <summary>Chunks are stored as they are.</summary>
    public bool IsRaw => Encoder == ArrayEncoding.Raw;

    public ArrayObjects Objects { get; }

    /// <summary>Length of the unbounded axis as readers were told last; who publishes only.</summary>
    public long PublishedLength { get; set; }

    /// <summary>Length of the unbounded axis of which readers find every chunk.</summary>
    public long StoredLength => _extent is null ? 0 : checked(_extent.Rows * UnboundedChunk);

    /// <summary>Length of the unbounded axis before anything that was given up; after the end.</summary>
    public long LengthBeforeLost => _extent is null or { Lost: long.MaxValue } ? long.MaxValue : checked(_extent.Lost * UnboundedChunk);

    /// <summary>Length of the unbounded axis up to the end of the last chunk that readers find, before anything that was given up; after the end.</summary>
    public long ReachedLength => _extent is null ? 0 : checked(_extent.Reached * UnboundedChunk);

    /// <summary>Planes that readers find: of a growing array, those before a length that never decreases.</summary>
    public long PlanesStored(long length) => _extent is null
        ? Volatile.Read(ref _planesStored)
        : _extent.PlanesBefore(length / UnboundedChunk + (length % UnboundedChunk == 0 ? 0 : 1));

    private int UnboundedChunk => _axes[Geometry.Plan.UnboundedAxis].ChunkSize;

    /// <summary>
    /// The open chunk row that a frame belongs to, and its position there; distributor only. Null when every assembly buffer
    /// is in use: the frame must wait until a chunk row of any of the pipeline's arrays is finished.
    /// </summary>
    public ChunkRow? FindOrOpen(ReadOnlySpan<long> storageIndex, out int position)
    {
        long id = 0;
        position = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var (chunk, inChunk) = Math.DivRem(storageIndex[axis], _axes[axis].ChunkSize);
            id = checked(id + chunk * _axes[axis].ChunkRowStride);
            position = position * _axes[axis].ChunkSize + (int)inChunk;
        }

        if (!_open.TryGetValue(id, out var chunkRow))
        {
            AssemblyBuffer? assembly = null;
            if (_assemblies is not null)
            {
                if (!_assemblies.TryRent(out var buffer))
                    return null;
                assembly = buffer;
            }

            chunkRow = Open(id, storageIndex, assembly);
        }

        return chunkRow;
    }

    /// <summary>Takes a chunk row off the open ones: its last frame has been routed; distributor only.</summary>
    public void Close(ChunkRow chunkRow) => _open.Remove(chunkRow.Id);

    /// <summary>Chunk rows still waiting for frames; distributor only.</summary>
    public IReadOnlyCollection<ChunkRow> OpenChunkRows => _open.Values;

    /// <summary>Ends a chunk row; any worker.</summary>
    /// <param name="chunkRow">Not to be used by the caller any more.</param>
    /// <param name="written">Whether all of its chunks are on the store, or it had none.</param>
    public void Finish(ChunkRow chunkRow, bool written)
    {
        try
        {
            if (!written)
                Lose(chunkRow.Id, chunkRow.Coordinates);
            else if (chunkRow.ShardRow is { } shardRow)
                Finish(chunkRow, shardRow);
            else
                Finish(chunkRow);
        }
        finally
        {
            Retire(chunkRow);
        }
    }

    /// <summary>Notes that readers find a chunk row of a shard row, by its number there; any thread.</summary>
    public void RecordStored(ShardRow shardRow, int chunkRow, int planes) =>
        RecordStored(_extent is null ? 0 : CoordinateOf(shardRow, chunkRow, Geometry.Plan.UnboundedAxis), planes);

    /// <summary>Completes every open shard as it is; after the last chunk row. What cannot be completed counts as given up.</summary>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    public void Complete(Action<Action> guard)
    {
        var at = new long[_axes.Length];
        foreach (var shardRow in OpenShardRows())
        {
            foreach (var number in shardRow.Complete(guard))
            {
                long id = 0;
                for (var axis = 0; axis < at.Length; axis++)
                {
                    at[axis] = CoordinateOf(shardRow, number, axis);
                    id += at[axis] * _axes[axis].ChunkRowStride;
                }

                Lose(id, at);
            }
        }
    }

    /// <summary>
    /// Of a bounded array the chunk rows that were given up, as their first index along each frame axis; after the end. A growing one
    /// ends before the first of them, see <see cref="LengthBeforeLost"/>.
    /// </summary>
    public IEnumerable<long[]> LostChunkRows()
    {
        lock (_lock)
            return [.. (_lost ?? []).Select(id => _axes.Select(axis => id / axis.ChunkRowStride % axis.Chunks * axis.ChunkSize).ToArray())];
    }

    /// <summary>The shard rows with unfinished shards.</summary>
    public ShardRow[] OpenShardRows()
    {
        lock (_lock)
            return [.. _shardRows.Values];
    }

    private void Finish(ChunkRow chunkRow, ShardRow shardRow)
    {
        if (chunkRow.Frames == 0)
            shardRow.SkipChunkRow();
        shardRow.Finish(chunkRow.FirstChunkInShard / (Geometry.ShardTilesY * Geometry.ShardTilesX), chunkRow.Frames);
    }

    private void Finish(ChunkRow chunkRow)
    {
        RecordStored(_extent is null ? 0 : chunkRow.Coordinates[Geometry.Plan.UnboundedAxis], chunkRow.Frames);
    }

    private void RecordStored(long row, int planes)
    {
        if (_extent is null)
            Interlocked.Add(ref _planesStored, planes);
        else
            _extent.Store(row, planes);
    }

    private void Lose(long id, ReadOnlySpan<long> coordinates)
    {
        if (_extent is not null)
        {
            _extent.Lose(coordinates[Geometry.Plan.UnboundedAxis]);
            return;
        }

        lock (_lock)
            (_lost ??= []).Add(id);
    }

    // Where a chunk row lies in the chunk grid, by its number in its shard row.
    private long CoordinateOf(ShardRow shardRow, int number, int axis)
    {
        for (var later = _axes.Length - 1; later > axis; later--)
            number /= _axes[later].ShardChunks;
        return shardRow.Coordinates[axis] * _axes[axis].ShardChunks + number % _axes[axis].ShardChunks;
    }

    // Also after a failure: the next chunk row needs its memory.
    private void Retire(ChunkRow chunkRow)
    {
        var assembly = chunkRow.Assembly;
        lock (_lock)
        {
            if (chunkRow.ShardRow is { IsFinished: true } shardRow)
                _shardRows.Remove(shardRow.Id);
            _idle.Push(chunkRow);
        }

        if (assembly is { } buffer)
            _assemblies!.Return(buffer);
    }

    private ChunkRow Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
                return idle;
        }

        return new ChunkRow(this);
    }

    private ChunkRow Open(long id, ReadOnlySpan<long> storageIndex, AssemblyBuffer? assembly)
    {
        var chunkRow = Rent();
        int expected = 1, firstChunk = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var chunk = storageIndex[axis] / _axes[axis].ChunkSize;
            chunkRow.Coordinates[axis] = chunk;
            expected *= _axes[axis].FramesIn(chunk);
            firstChunk = firstChunk * _axes[axis].ShardChunks + (int)(chunk % _axes[axis].ShardChunks);
        }

        var shardRow = Geometry.Plan.IsSharded ? ShardRowOf(chunkRow.Coordinates) : null;
        chunkRow.Open(id, shardRow, assembly, firstChunk * Geometry.ShardTilesY * Geometry.ShardTilesX, expected);
        _open.Add(id, chunkRow);
        return chunkRow;
    }

    private ShardRow ShardRowOf(ReadOnlySpan<long> chunk)
    {
        long id = 0, chunkRows = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var shard = chunk[axis] / _axes[axis].ShardChunks;
            id += shard * _axes[axis].ShardRowStride;
            chunkRows = checked(chunkRows * _axes[axis].ChunksInShard(shard));
        }

        lock (_lock)
        {
            if (_shardRows.TryGetValue(id, out var shardRow))
                return shardRow;
            var coordinates = new long[_axes.Length];
            for (var axis = 0; axis < coordinates.Length; axis++)
                coordinates[axis] = chunk[axis] / _axes[axis].ShardChunks;
            shardRow = new ShardRow(id, coordinates, chunkRows, Geometry, Objects, this);
            _shardRows.Add(id, shardRow);
            return shardRow;
        }
    }
}
