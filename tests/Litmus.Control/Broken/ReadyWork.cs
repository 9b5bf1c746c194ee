using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming.Workers;

/// <summary>A piece of work for any worker: a batch of a ready group's tiles, a frame to be copied out early, or a plane of a level to be made.</summary>
internal readonly record struct WorkItem(ChunkGroup Group, int Batch, FramePart Part, int Position, int Generation, PlaneReduction? Reduction = null)
{
    private const int NoBatch = -1;

    /// <summary>Whether tiles are to be encoded.</summary>
    public bool IsEncode => Batch != NoBatch;

    /// <summary>Whether a frame is to be copied into its group's assembly memory.</summary>
    public bool IsGather => !IsEncode && Reduction is null;

    /// <summary>A plane of a level whose sources are all there.</summary>
    public static WorkItem Reduce(PlaneReduction reduction, int generation) =>
        new(null!, NoBatch, default, 0, generation, reduction);

    public static WorkItem Encode(ChunkGroup group, int batch) => new(group, batch, default, 0, group.Generation);

    public static WorkItem Gather(ChunkGroup group, FramePart part, int position, int generation) =>
        new(group, NoBatch, part, position, generation);
}

/// <summary>
/// The work that waits for workers. Guarded by a lock that only workers take, for a few instructions per job (half a megabyte
/// of tiles, or a plane); camera threads never touch it.
/// </summary>
/// <remarks>
/// What is made of the pixels of a frame comes in the order of frames: its next level right before its own chunks, so that
/// both find it in the cache. What frees room, or was in the cache a moment ago, goes first: copies, and chunks of levels.
/// A worker that finds another one at a shard takes the next that is nobody's: two files are written faster than one.
/// </remarks>
internal sealed class ReadyWork
{
    private readonly Lock _lock = new();
    private readonly WorkLine _first;
    private readonly WorkLine _inOrder;
    private volatile int _waiting;

    /// <param name="planes">Planes in flight.</param>
    /// <param name="levels">Resolution levels, full resolution included.</param>
    public ReadyWork(int planes, int levels)
    {
        _first = new WorkLine(checked(planes * Math.Max(1, levels - 1)));
        _inOrder = new WorkLine(checked(planes * Math.Min(levels, 2)));
    }

    /// <summary>Whether it looked empty just now.</summary>
    public bool IsEmpty => _waiting == 0;

    /// <summary>Adds all batches of a group.</summary>
    public void Add(ChunkGroup group) => Add(WorkItem.Encode(group, 0), group.Array.Level == 0 ? _inOrder : _first);

    public void Add(in WorkItem plane) => Add(plane, plane.IsGather ? _first : _inOrder);

    /// <summary>Takes the next piece of work; tiles to encode are to be given back to their group's shards.</summary>
    public bool TryTake(out WorkItem item)
    {
        item = default;
        if (IsEmpty)
            return false;
        Interruption.MayCome();
        // In place of the field: a lock that nobody else has.
        var _lock = Defect.UnlockedWork.IsChosen ? new Lock() : this._lock;
        lock (_lock)
        {
            if (_first.FirstOfNobody() is var first and >= 0)
                item = Take(_first, first);
            else if (_inOrder.FirstOfNobody() is var next and >= 0)
                item = Take(_inOrder, next);
            else if (_waiting > 0)
                item = Take(_first.Count > 0 ? _first : _inOrder, 0);
            else
                return false;
            if (item.IsEncode)
                item.Group.Slab?.Enter();
            Count();
            return true;
        }
    }

    // A group stays until its last batch is taken.
    private static WorkItem Take(WorkLine line, int number)
    {
        var item = line[number];
        if (item.IsEncode)
            item = WorkItem.Encode(item.Group, item.Group.NextBatch++);
        if (!item.IsEncode || item.Batch == item.Group.Array.Geometry.BatchesPerGroup - 1)
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
