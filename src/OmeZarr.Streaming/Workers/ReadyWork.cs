using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>A piece of work for any worker: a batch of a ready group's tiles, a frame to be copied out early, or a plane of a level to be made.</summary>
internal readonly record struct WorkItem(ChunkGroup Group, int Batch, FramePart Part, int Position, int Generation, PlaneReduction? Reduction = null)
{
    private const int NoBatch = -1;

    /// <summary>Whether a frame is to be copied into its group's assembly memory.</summary>
    public bool IsGather => Batch == NoBatch && Reduction is null;

    /// <summary>A plane of a level whose sources are all there.</summary>
    public static WorkItem Reduce(PlaneReduction reduction, int generation) =>
        new(reduction.Group, NoBatch, reduction.Target, 0, generation, reduction);

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
    private readonly Queue<WorkItem> _planes;
    private readonly Queue<ChunkGroup> _groups;
    private volatile int _waiting;

    /// <param name="planes">Planes to be copied or made, without growing.</param>
    /// <param name="groups">Groups without growing.</param>
    public ReadyWork(int planes, int groups)
    {
        _planes = new Queue<WorkItem>(planes);
        _groups = new Queue<ChunkGroup>(groups);
    }

    /// <summary>Whether it looked empty just now.</summary>
    public bool IsEmpty => _waiting == 0;

    public void Add(ChunkGroup group)
    {
        lock (_lock)
        {
            _groups.Enqueue(group);
            _waiting = _groups.Count + _planes.Count;
        }
    }

    public void Add(in WorkItem plane)
    {
        lock (_lock)
        {
            _planes.Enqueue(plane);
            _waiting = _groups.Count + _planes.Count;
        }
    }

    /// <summary>Takes a piece of work: planes first, since to copy one frees a slot, and to make one leads to more work.</summary>
    public bool TryTake(out WorkItem item)
    {
        item = default;
        if (IsEmpty)
            return false;
        lock (_lock)
        {
            if (_planes.TryDequeue(out item))
            {
                _waiting = _groups.Count + _planes.Count;
                return true;
            }

            if (!_groups.TryPeek(out var group))
                return false;
            item = WorkItem.Encode(group, group.NextBatch++);
            if (group.NextBatch == group.Array.Geometry.BatchesPerGroup)
                _groups.Dequeue();
            _waiting = _groups.Count + _planes.Count;
            return true;
        }
    }
}
