using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// The shards (one for each position of the shard grid in y, x) that the same stretch of frames goes to. Shards are
/// created when their first chunk is written and completed when their last one is: whole chunk groups that were skipped
/// count as written, so that no shard waits for them.
/// </summary>
internal sealed class ShardSlab
{
    private readonly Lock _lock = new();
    private readonly ChunkGeometry _geometry;
    private readonly ArrayObjects _objects;
    private readonly ShardWriter?[] _shards;
    private readonly long[] _remaining;
    private readonly int[] _inFlight;
    private readonly StoredGroups _stored;
    private int _unfinished;

    /// <param name="id">Number of the slab in its array.</param>
    /// <param name="coordinates">The shard grid's coordinates along the frame axes.</param>
    /// <param name="groups">Chunk groups of the slab that lie within the array.</param>
    /// <param name="geometry">How frames are cut.</param>
    /// <param name="objects">Where the array's objects go.</param>
    /// <param name="array">Told what readers find of it.</param>
    public ShardSlab(long id, long[] coordinates, long groups, ChunkGeometry geometry, ArrayObjects objects, ArrayWriter array)
    {
        Id = id;
        Coordinates = coordinates;
        _geometry = geometry;
        _objects = objects;
        _shards = new ShardWriter?[geometry.ShardsPerSlab];
        _remaining = new long[geometry.ShardsPerSlab];
        _inFlight = new int[geometry.ShardsPerSlab];
        _unfinished = geometry.ShardsPerSlab;
        _stored = new StoredGroups(geometry.GroupsPerSlab, geometry.FramesPerChunk, (group, planes) => array.NoteStored(this, group, planes));
        for (var shard = 0; shard < _remaining.Length; shard++)
            _remaining[shard] = checked(groups * geometry.TilesInShard(shard));
    }

    public long Id { get; }

    public long[] Coordinates { get; }

    /// <summary>Whether all its chunks go to the same file.</summary>
    public bool IsOneShard => _shards.Length == 1;

    /// <summary>Whether chunks are on their way to its only file, a moment ago.</summary>
    public bool HasWorkers => InFlight(0) > 0;

    /// <summary>Batches of a shard's chunks that are being encoded, wait for the shard's writer, or are being written.</summary>
    public int InFlight(int shard) => Volatile.Read(ref _inFlight[shard]);

    /// <summary>Says that a worker begins with a batch of a shard's chunks.</summary>
    public void Enter(int shard) => Interlocked.Increment(ref _inFlight[shard]);

    /// <summary>Says that a batch of a shard's chunks is written, or given up; returns how many are left. Full fence.</summary>
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

    /// <summary>Counts chunks that are written, and completes the shard when they were its last.</summary>
    public void Count(int shard, int chunks)
    {
        if (!InvariantException.IsLast(Interlocked.Add(ref _remaining[shard], -chunks), "chunks of a shard"))
            return;
        // Full fence above: every append to this shard has returned.
        if (Volatile.Read(ref _shards[shard]) is { } complete)
            Complete(complete);
        Interlocked.Decrement(ref _unfinished);
    }

    /// <summary>Counts a group without any frame: its chunks stay out of the shards.</summary>
    public void SkipGroup()
    {
        for (var shard = 0; shard < _shards.Length; shard++)
            Count(shard, _geometry.TilesInShard(shard));
    }

    /// <summary>Notes a group whose chunks have all been appended, or that has none; any worker.</summary>
    public void Finish(int group, int planes)
    {
        _stored.Write(group, planes);
        // Who wrote the last chunk has completed the last shard before: all groups but this one have come by here, or will.
        if (IsFinished)
            _stored.EndAll();
    }

    /// <summary>Makes what has been written so far readable, as far as the store can show unfinished shards.</summary>
    public void Publish(bool durable)
    {
        _stored.Begin();
        var areAllShown = true;
        for (var shard = 0; shard < _shards.Length; shard++)
            areAllShown &= Volatile.Read(ref _shards[shard])?.TryPublish(durable) ?? true;
        if (areAllShown)
            _stored.End();
    }

    /// <summary>Completes all shards as they are; no worker writes any more. Each is tried, whatever happened to others.</summary>
    /// <param name="guard">Runs each step, and keeps a failure of one from the others.</param>
    /// <returns>The groups that were appended and that no reader finds.</returns>
    public IReadOnlyList<int> Complete(Action<Action> guard)
    {
        foreach (var shard in _shards)
        {
            if (shard is not null)
                guard(() => Complete(shard));
        }

        if (_shards.All(shard => shard?.IsComplete ?? true))
            _stored.EndAll();
        return _stored.Unstored();
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
