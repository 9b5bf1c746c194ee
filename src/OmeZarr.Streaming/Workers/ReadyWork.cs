using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// The queue of work for the workers. Guarded by a lock that only workers take, for a few instructions per job (half a megabyte
/// of tiles, or a plane); camera threads never touch it.
/// </summary>
/// <remarks>
/// Work on the pixels of frames is done in frame order: a frame's next level right before its own chunks, so that both find it in
/// the cache. Work that frees room, or whose data is still in the cache, goes first: early copies, and chunks of levels. A worker
/// that finds another one at a shard takes the next work whose shard is idle: two files are written faster than one. A shard
/// never gets more than its share of the batches: when a write to it takes long, or never ends, the others are left for other
/// shards.
/// </remarks>
internal sealed class ReadyWork
{
    private readonly Lock _lock = new();
    private readonly WorkLine _first;
    private readonly WorkLine _inOrder;
    private readonly int _mostBatchesOfShard;
    private volatile int _waiting;

    /// <param name="planes">Planes in flight.</param>
    /// <param name="levels">Resolution levels, full resolution included.</param>
    /// <param name="mostBatchesOfShard">The most batches on their way to one shard.</param>
    public ReadyWork(int planes, int levels, int mostBatchesOfShard)
    {
        _mostBatchesOfShard = mostBatchesOfShard;
        _first = new WorkLine(checked(planes * Math.Max(1, levels - 1)));
        _inOrder = new WorkLine(checked(planes * Math.Min(levels, 2)));
    }

    /// <summary>Whether the queue looks empty; a snapshot.</summary>
    public bool IsEmpty => _waiting == 0;

    /// <summary>Whether a worker would find something to do now.</summary>
    public bool HasRunnable
    {
        get
        {
            if (IsEmpty)
                return false;
            lock (_lock)
                return Next(out _) >= 0;
        }
    }

    /// <summary>Adds all batches of a chunk row, or its end when it has no frames.</summary>
    public void Add(ChunkRow chunkRow) =>
        Add(
            chunkRow.Frames == 0 ? WorkItem.End(chunkRow) : WorkItem.Encode(chunkRow, 0),
            chunkRow.Encoding.Level == 0 ? _inOrder : _first);

    /// <summary>Adds a plane to be copied early.</summary>
    public void Add(EarlyCopy copy, int generation) => Add(WorkItem.CopyEarly(copy, generation), _first);

    /// <summary>Adds a plane of a level to be made.</summary>
    public void Add(PlaneDownsampling downsampling, int generation) =>
        Add(WorkItem.Downsample(downsampling, generation), _inOrder);

    /// <summary>
    /// Takes the next piece of work, unless all queued work is for shards that already have their share. Tiles to encode count
    /// towards their shard until <see cref="Output.ShardRow.Leave"/>.
    /// </summary>
    public bool TryTake(out WorkItem item)
    {
        item = default;
        if (IsEmpty)
            return false;
        lock (_lock)
        {
            var number = Next(out var line);
            if (number < 0)
                return false;
            item = Take(line, number);
            if (item.IsEncode)
                item.ChunkRow.ShardRow?.Enter(item.ChunkRow.Geometry.ShardOf(item.Batch));
            Count();
            return true;
        }
    }

    // Under the lock.
    private int Next(out WorkLine line)
    {
        line = _first;
        if (_first.FirstOfNobody() is var first and >= 0)
            return first;
        line = _inOrder;
        if (_inOrder.FirstOfNobody() is var next and >= 0)
            return next;
        line = _first;
        if (_first.FirstUncrowded(_mostBatchesOfShard) is var other and >= 0)
            return other;
        line = _inOrder;
        return _inOrder.FirstUncrowded(_mostBatchesOfShard);
    }

    // A chunk row stays until its last batch is taken.
    private static WorkItem Take(WorkLine line, int number)
    {
        var item = line[number];
        if (item.IsEncode)
            item = WorkItem.Encode(item.ChunkRow, item.ChunkRow.NextBatch++);
        if (!item.IsEncode || item.Batch == item.ChunkRow.Geometry.BatchesPerChunkRow - 1)
            line.RemoveAt(number);
        return item;
    }

    private void Add(in WorkItem item, WorkLine line)
    {
        lock (_lock)
        {
            line.Add(item);
            Count();
        }
    }

    private void Count() => _waiting = _first.Count + _inOrder.Count;
}
