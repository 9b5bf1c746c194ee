using OmeZarr.Acquisition;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One array on the store: its open shards, and what readers find of it. One thread at a time opens chunk rows; any worker
/// finishes them.
/// </summary>
internal sealed class ArrayOutput
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ShardRow> _shardRows = [];
    private readonly AxisPlan[] _axes;
    private readonly StoredExtent? _extent;
    private readonly ArrayFrames _frames;
    private readonly StoredFrontier _frontier;
    private readonly ResumedFrames? _resumed;
    private List<long>? _lost; // Guarded by _lock.
    private readonly int _endingAxis;
    private long _planesStored;
    private long _chunksReached;

    /// <param name="geometry">How its frames are cut.</param>
    /// <param name="axes">Its frame axes.</param>
    /// <param name="objects">Where its objects go.</param>
    /// <param name="frames">Which frames it is made of.</param>
    /// <param name="frontier">Learns of what readers do not find yet.</param>
    /// <param name="endingAxis">The axis that grows, or that an early end cuts back; -1 when there is none.</param>
    /// <param name="resumed">What it has already when the acquisition goes on; else null.</param>
    public ArrayOutput(ChunkGeometry geometry, AxisPlan[] axes, ArrayObjects objects, ArrayFrames frames,
        StoredFrontier frontier, int endingAxis, ResumedFrames? resumed)
    {
        (_frames, _frontier, _endingAxis, _resumed) = (frames, frontier, endingAxis, resumed);
        Geometry = geometry;
        Objects = objects;
        _axes = axes;
        if (Geometry.Plan.UnboundedAxis >= 0)
        {
            long perRow = 1;
            foreach (var axis in _axes)
                perRow = checked(perRow * (axis.IsUnbounded ? 1 : axis.Chunks));
            _extent = new StoredExtent(perRow);
            if (resumed is not null)
                RecordSettled(_extent, resumed);
        }
    }

    /// <summary>Learns that a chunk row has been opened; the distributor only.</summary>
    public void Open(ReadOnlySpan<long> chunk) => _frontier.Open(BoundOf(chunk));

    /// <summary>How frames are cut, the same for all images: the path in its plan is not this array's.</summary>
    public ChunkGeometry Geometry { get; }

    /// <summary>The array.</summary>
    public ArrayPlan Plan => Objects.Plan;

    public ArrayObjects Objects { get; }

    /// <summary>The published length of the unbounded axis; the publisher only.</summary>
    public long PublishedLength { get; set; }

    /// <summary>The length of the unbounded axis over which readers find every chunk.</summary>
    public long StoredLength => _extent is null ? 0 : checked(_extent.Rows * UnboundedChunk);

    /// <summary>The length of the unbounded axis before anything that was given up; after the end.</summary>
    public long LengthBeforeLost =>
        _extent is null or { Lost: long.MaxValue } ? long.MaxValue : checked(_extent.Lost * UnboundedChunk);

    /// <summary>
    /// The length of the unbounded axis up to the last chunk that readers find, before anything that was given up; of an axis
    /// that is cut back up to the last chunk that they find. After the end.
    /// </summary>
    public long ReachedLength => _endingAxis < 0
        ? 0 : checked((_extent?.Reached ?? Volatile.Read(ref _chunksReached)) * _axes[_endingAxis].ChunkSize);

    /// <summary>
    /// Planes that readers find; for a growing array, those before a length, which must not decrease from call to call.
    /// </summary>
    public long PlanesStored(long length) => _extent is null
        ? Volatile.Read(ref _planesStored)
        : _extent.PlanesBefore(length / UnboundedChunk + (length % UnboundedChunk == 0 ? 0 : 1));

    private int UnboundedChunk => _axes[Geometry.Plan.UnboundedAxis].ChunkSize;

    /// <summary>The shard row of a chunk row, opened if necessary; null when each chunk is an object of its own.</summary>
    /// <param name="chunk">The chunk row's coordinates along the frame axes.</param>
    public ShardRow? FindOrOpen(ReadOnlySpan<long> chunk)
    {
        if (!Geometry.Plan.IsSharded)
            return null;
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
            shardRow = new ShardRow(id, coordinates, chunkRows, Geometry, Objects, this, Owed(coordinates));
            _shardRows.Add(id, shardRow);
            return shardRow;
        }
    }

    /// <summary>Counts a chunk row as stored, or as given up; any worker.</summary>
    /// <param name="chunks">The chunk row.</param>
    /// <param name="written">Whether all of its chunks are stored, or it had none.</param>
    public void Finish(ChunkDestination chunks, bool written)
    {
        try
        {
            if (!written)
                Lose(chunks.Id, chunks.Coordinates);
            else if (chunks.ShardRow is { } shardRow)
                Finish(chunks, shardRow);
            else
                RecordStored(chunks.Coordinates, chunks.Frames);
        }
        finally
        {
            Close(chunks.ShardRow);
        }
    }

    /// <summary>Records that readers find a chunk row, given by its number in its shard row; any thread.</summary>
    public void RecordStored(ShardRow shardRow, int chunkRow, int planes)
    {
        Span<long> chunk = stackalloc long[_axes.Length];
        for (var axis = 0; axis < chunk.Length; axis++)
            chunk[axis] = CoordinateOf(shardRow.Coordinates, chunkRow, axis);
        RecordStored(chunk, planes);
    }

    /// <summary>
    /// Completes every open shard as it is; after the last chunk row. What cannot be completed counts as given up.
    /// </summary>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
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
                    at[axis] = CoordinateOf(shardRow.Coordinates, number, axis);
                    id += at[axis] * _axes[axis].ChunkRowStride;
                }

                Lose(id, at);
            }
        }
    }

    /// <summary>Gives every open shard up, see <see cref="ShardRow.Abandon"/>.</summary>
    public void Abandon(Action<Action> guard)
    {
        foreach (var shardRow in OpenShardRows())
            shardRow.Abandon(guard);
    }

    /// <summary>
    /// The chunk rows of a bounded array that were given up, as their first index along each frame axis; after the end. A growing
    /// array ends before the first of them, see <see cref="LengthBeforeLost"/>.
    /// </summary>
    public IEnumerable<long[]> LostChunkRows()
    {
        lock (_lock)
            return [.. (_lost ?? [])
                .Select(id => _axes.Select(axis => id / axis.ChunkRowStride % axis.Chunks * axis.ChunkSize).ToArray())];
    }

    /// <summary>The shard rows with unfinished shards.</summary>
    public ShardRow[] OpenShardRows()
    {
        lock (_lock)
            return [.. _shardRows.Values];
    }

    private void Finish(ChunkDestination chunks, ShardRow shardRow)
    {
        if (chunks.Frames == 0)
            shardRow.SkipChunkRow();
        shardRow.Finish(chunks.FirstChunkInShard / (Geometry.ShardTilesY * Geometry.ShardTilesX), chunks.Frames);
    }

    private void Close(ShardRow? shardRow)
    {
        if (shardRow is not { IsFinished: true })
            return;
        lock (_lock)
            _shardRows.Remove(shardRow.Id);
    }

    private void RecordStored(ReadOnlySpan<long> chunk, int planes)
    {
        var all = planes;
        // Planes that were there before have been counted.
        if (_resumed is not null)
            planes -= KeptIn(chunk, _resumed);
        if (_extent is null)
        {
            Interlocked.Add(ref _planesStored, planes);
            if (all > 0 && _endingAxis >= 0)
                Reach(chunk[_endingAxis] + 1);
        }
        else
        {
            _extent.Store(chunk[Geometry.Plan.UnboundedAxis], planes);
        }

        _frontier.Store(BoundOf(chunk));
    }

    // Full barriers; no other memory depends on how far it reaches.
    private void Reach(long chunks)
    {
        for (var reached = Volatile.Read(ref _chunksReached); chunks > reached;)
        {
            var seen = Interlocked.CompareExchange(ref _chunksReached, chunks, reached);
            if (seen == reached)
                break;
            reached = seen;
        }
    }

    private long BoundOf(ReadOnlySpan<long> chunk) => _frames.Level == 0 ? _frames.First(chunk) : _frames.Last(chunk);

    private int KeptIn(ReadOnlySpan<long> chunk, ResumedFrames resumed)
    {
        if (_frames.Level > 0 || _frames.First(chunk) >= resumed.Next)
            return 0;
        var kept = 0;
        _frames.ForEach(chunk, frame =>
        {
            kept += resumed.IsKept(frame) ? 1 : 0;
            return true;
        });
        return kept;
    }

    // The chunk rows of a shard row that readers find now: their frames come once more, and until all of these chunk rows are in
    // the new shards, the old ones stay.
    private List<int> Owed(long[] shardRow)
    {
        List<int> owed = [];
        Span<long> chunk = stackalloc long[_axes.Length];
        for (var number = 0; _resumed is not null && number < Geometry.ChunkRowsPerShardRow; number++)
        {
            var isInside = true;
            for (var axis = 0; axis < chunk.Length; axis++)
            {
                chunk[axis] = CoordinateOf(shardRow, number, axis);
                isInside &= _axes[axis].IsUnbounded || chunk[axis] < _axes[axis].Chunks;
            }

            if (!isInside || _frames.First(chunk) >= _resumed.Next)
                continue;
            var isOwed = false;
            _frames.ForEach(chunk, frame => !(isOwed = _resumed.IsKept(frame)));
            if (isOwed)
                owed.Add(number);
        }

        return owed;
    }

    // Rows of which every frame stays as it is, and single chunk rows of that kind behind them.
    private void RecordSettled(StoredExtent extent, ResumedFrames resumed)
    {
        var axis = Geometry.Plan.UnboundedAxis;
        var row = _frames.RowsBefore(resumed.First);
        extent.Begin(row);
        for (var end = _frames.RowsBefore(resumed.Next); row <= end; row++)
        {
            var chunk = new long[_axes.Length];
            chunk[axis] = row;
            do
            {
                if (_frames.Last(chunk) < resumed.Next && resumed.IsSettled(_frames.First(chunk)))
                    extent.Store(row, planes: 0);
            }
            while (IsNext(chunk, axis));
        }
    }

    // The next chunk row along all axes but one; false after the last.
    private bool IsNext(long[] chunk, int fixedAxis)
    {
        for (var axis = chunk.Length - 1; axis >= 0; axis--)
        {
            if (axis == fixedAxis)
                continue;
            if (++chunk[axis] < _axes[axis].Chunks)
                return true;
            chunk[axis] = 0;
        }

        return false;
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

    // The chunk coordinate of a chunk row, from its number in its shard row.
    private long CoordinateOf(long[] shardRow, int number, int axis)
    {
        for (var later = _axes.Length - 1; later > axis; later--)
            number /= _axes[later].ShardChunks;
        return shardRow[axis] * _axes[axis].ShardChunks + number % _axes[axis].ShardChunks;
    }
}
