using OmeZarr.Streaming.Assembly;

namespace OmeZarr.Streaming.Workers;

/// <summary>A piece of work for any worker: a batch of a ready group's tiles, or a frame to be copied out early.</summary>
internal readonly record struct WorkItem(ChunkGroup Group, int Batch, FramePart Part, int Position, int Generation)
{
    private const int NoBatch = -1;

    /// <summary>Whether a frame is to be copied into its group's assembly memory.</summary>
    public bool IsGather => Batch == NoBatch;

    public static WorkItem Encode(ChunkGroup group, int batch) => new(group, batch, default, 0, group.Generation);

    public static WorkItem Gather(ChunkGroup group, FramePart part, int position, int generation) =>
        new(group, NoBatch, part, position, generation);
}

/// <summary>
/// The work that waits for workers, oldest group first. Guarded by a lock that only workers take, for a few instructions
/// per job of about half a megabyte; camera threads never touch it.
/// </summary>
internal sealed class ReadyWork
{
    private readonly Lock _lock = new();
    private readonly Queue<WorkItem> _gathers;
    private readonly Queue<ChunkGroup> _groups;
    private volatile int _waiting;

    /// <param name="capacity">Items without growing.</param>
    public ReadyWork(int capacity)
    {
        _gathers = new Queue<WorkItem>(capacity);
        _groups = new Queue<ChunkGroup>(capacity);
    }

    /// <summary>Whether it looked empty just now.</summary>
    public bool IsEmpty => _waiting == 0;

    public void Add(ChunkGroup group)
    {
        lock (_lock)
        {
            _groups.Enqueue(group);
            _waiting = _groups.Count + _gathers.Count;
        }
    }

    public void Add(in WorkItem gather)
    {
        lock (_lock)
        {
            _gathers.Enqueue(gather);
            _waiting = _groups.Count + _gathers.Count;
        }
    }

    /// <summary>Takes a piece of work: early copies first, since they free slots.</summary>
    public bool TryTake(out WorkItem item)
    {
        item = default;
        if (IsEmpty)
            return false;
        lock (_lock)
        {
            if (_gathers.TryDequeue(out item))
            {
                _waiting = _groups.Count + _gathers.Count;
                return true;
            }

            if (!_groups.TryPeek(out var group))
                return false;
            item = WorkItem.Encode(group, group.NextBatch++);
            if (group.NextBatch == group.Array.Geometry.BatchesPerGroup)
                _groups.Dequeue();
            _waiting = _groups.Count + _gathers.Count;
            return true;
        }
    }
}
