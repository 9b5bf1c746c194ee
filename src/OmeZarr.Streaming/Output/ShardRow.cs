using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// The shards (one for each position of the shard grid in y, x) that receive the same range of frames. A shard is created when
/// its first chunk is written and completed when its last one is. Chunk rows that were skipped entirely count as written, so that
/// no shard waits for them.
/// </summary>
internal sealed class ShardRow
{
    private readonly Lock _lock = new();
    private readonly ChunkGeometry _geometry;
    private readonly ArrayObjects _objects;
    private readonly ShardWriter?[] _shards;
    private readonly long[] _remaining;
    private readonly int[] _inFlight;
    private readonly StoredChunkRows _stored;
    private readonly IReadOnlyList<int> _owed;
    private int _unfinished;

    /// <param name="id">Number of the shard row in its array.</param>
    /// <param name="coordinates">The shard grid's coordinates along the frame axes.</param>
    /// <param name="chunkRows">Chunk rows of the shard row that lie within the array.</param>
    /// <param name="geometry">How frames are cut.</param>
    /// <param name="objects">Where the array's objects go.</param>
    /// <param name="array">Receives the record of what readers find.</param>
    /// <param name="owed">Chunk rows that readers find in shards that are there: until all of them are in the new ones, these
    /// are not shown.</param>
    public ShardRow(long id, long[] coordinates, long chunkRows, ChunkGeometry geometry, ArrayObjects objects, ArrayOutput array,
        IReadOnlyList<int> owed)
    {
        _owed = owed;
        Id = id;
        Coordinates = coordinates;
        _geometry = geometry;
        _objects = objects;
        _shards = new ShardWriter?[geometry.ShardsPerRow];
        _remaining = new long[geometry.ShardsPerRow];
        _inFlight = new int[geometry.ShardsPerRow];
        _unfinished = geometry.ShardsPerRow;
        _stored = new StoredChunkRows(geometry.ChunkRowsPerShardRow, geometry.FramesPerChunk, (chunkRow, planes) =>
            array.RecordStored(this, chunkRow, planes));
        for (var shard = 0; shard < _remaining.Length; shard++)
            _remaining[shard] = checked(chunkRows * geometry.TilesInShard(shard));
    }

    public long Id { get; }

    public long[] Coordinates { get; }

    /// <summary>Whether all its chunks go to the same file.</summary>
    public bool IsOneShard => _shards.Length == 1;

    /// <summary>Whether chunks are on their way to its only file; a snapshot.</summary>
    public bool HasWorkers => InFlight(0) > 0;

    /// <summary>Batches of a shard's chunks that are being encoded, wait for the shard's writer, or are being written.</summary>
    public int InFlight(int shard) => Volatile.Read(ref _inFlight[shard]);

    /// <summary>Records that a worker starts a batch of a shard's chunks.</summary>
    public void Enter(int shard) => Interlocked.Increment(ref _inFlight[shard]);

    /// <summary>
    /// Records that a batch of a shard's chunks is written, or given up; returns how many are left. Full fence.
    /// </summary>
    public int Leave(int shard) => Interlocked.Decrement(ref _inFlight[shard]);

    /// <summary>Whether every shard is complete.</summary>
    public bool IsFinished => Volatile.Read(ref _unfinished) == 0;

    /// <summary>A shard's writer; the first caller creates the shard.</summary>
    public ShardWriter Open(int number)
    {
        var shard = Volatile.Read(ref _shards[number]);
        if (shard is not null)
            return shard;
        lock (_lock)
        {
            shard = _shards[number];
            if (shard is null)
            {
                shard = _objects.CreateShard(Coordinates, number / _geometry.ShardsX, number % _geometry.ShardsX);
                Volatile.Write(ref _shards[number], shard);
            }

            return shard;
        }
    }

    /// <summary>Counts written chunks; the last one completes the shard.</summary>
    public void Count(int shard, int chunks)
    {
        if (!InvariantException.IsLast(Interlocked.Add(ref _remaining[shard], -chunks), "chunks of a shard"))
            return;
        // Full fence above: every append to this shard has returned.
        if (Volatile.Read(ref _shards[shard]) is { } complete)
            Complete(complete);
        Interlocked.Decrement(ref _unfinished);
    }

    /// <summary>Counts a chunk row without any frame: its chunks are missing from the shards.</summary>
    public void SkipChunkRow()
    {
        for (var shard = 0; shard < _shards.Length; shard++)
            Count(shard, _geometry.TilesInShard(shard));
    }

    /// <summary>Records a chunk row whose chunks have all been appended, or that has none; any worker.</summary>
    public void Finish(int chunkRow, int planes)
    {
        _stored.Write(chunkRow, planes);
        // The thread that wrote the last chunk has already completed the last shard: all chunk rows but this one have passed
        // here, or will.
        if (IsFinished)
            _stored.EndAll();
    }

    /// <summary>Makes what has been written so far readable, as far as the store can show unfinished shards.</summary>
    public void Publish(bool durable)
    {
        if (!_stored.AreWritten(_owed))
            return;
        _stored.Begin();
        var areAllShown = true;
        for (var shard = 0; shard < _shards.Length; shard++)
            areAllShown &= Volatile.Read(ref _shards[shard])?.TryPublish(durable) ?? true;
        if (areAllShown)
            _stored.End();
    }

    /// <summary>
    /// Completes all shards as they are; no worker writes any more. Each one is tried, whatever happened to the others.
    /// </summary>
    /// <param name="guard">Runs each step, and isolates the failure of one from the others.</param>
    /// <returns>The chunk rows that were appended and that no reader finds.</returns>
    public IReadOnlyList<int> Complete(Action<Action> guard)
    {
        var mayBeShown = _stored.AreWritten(_owed);
        foreach (var shard in _shards)
        {
            if (shard is not null)
                guard(mayBeShown ? () => Complete(shard) : shard.Dispose);
        }

        if (_shards.All(shard => shard?.IsComplete ?? true))
            _stored.EndAll();
        return _stored.Unstored();
    }

    /// <summary>Gives all shards up: what was shown of them stays, the rest is dropped.</summary>
    /// <param name="guard">As for <see cref="Complete(Action{Action})"/>.</param>
    public void Abandon(Action<Action> guard)
    {
        foreach (var shard in _shards)
        {
            if (shard is not null)
                guard(shard.Dispose);
        }
    }

    private void Complete(ShardWriter shard)
    {
        try
        {
            shard.Complete(_objects.Durable);
        }
        finally
        {
            shard.Dispose();
        }
    }
}
