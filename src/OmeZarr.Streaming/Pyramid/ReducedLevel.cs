using OmeZarr.Acquisition;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// A level of a camera's images that is made from the one before: its planes in memory, those being made, and the arrays
/// that they go to. Planes are opened and routed by the distributor, one thread at a time, and made by any worker.
/// </summary>
internal sealed class ReducedLevel : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PlaneReduction> _open = [];
    private readonly Stack<PlaneReduction> _idle = new();
    private readonly AxisPlan[] _axes; // Blocks of planes are to a level what chunks of frames are to an array.
    private readonly LevelArrays _arrays;
    private readonly int _mostSources;

    /// <param name="before">The level that it is made from.</param>
    /// <param name="plan">The level.</param>
    /// <param name="source">Where the planes of the level before lie.</param>
    /// <param name="planes">Memory for its own.</param>
    /// <param name="arrays">The array of each image.</param>
    /// <param name="reducer">Which of a worker's reducers makes its planes.</param>
    public ReducedLevel(LevelPlan before, LevelPlan plan, FrameSource source, LevelPlanes planes, LevelArrays arrays, int reducer)
    {
        Reducer = reducer;
        Plan = plan;
        Before = before;
        Source = source;
        Planes = planes;
        _arrays = arrays;
        _axes = AxisPlan.Of(before.Arrays[0] with { ChunkShape = plan.Step, ShardShapeInChunks = default });
        _mostSources = _axes.Aggregate(1, (sources, axis) => checked(sources * axis.ChunkSize));
    }

    public LevelPlan Plan { get; }

    /// <summary>The level that it is made from.</summary>
    public LevelPlan Before { get; }

    /// <summary>Where the planes of the level before lie.</summary>
    public FrameSource Source { get; }

    public LevelPlanes Planes { get; }

    /// <summary>Which of a worker's reducers makes its planes.</summary>
    public int Reducer { get; }

    /// <summary>Planes that wait for sources; the distributor only.</summary>
    public IReadOnlyCollection<PlaneReduction> Open => _open.Values;

    /// <summary>The plane that one of the level before is a source of, opened if it is not yet, and its position there; the distributor only.</summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes of the level before.</param>
    /// <param name="position">Its place among the sources.</param>
    public PlaneReduction ReductionOf(int image, ReadOnlySpan<long> index, out int position)
    {
        long id = image;
        position = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var (block, inBlock) = Math.DivRem(index[axis], _axes[axis].ChunkSize);
            id = checked(id + block * _axes[axis].GroupStride * Plan.Arrays.Length);
            position = position * _axes[axis].FramesIn(block) + (int)inBlock;
        }

        if (_open.TryGetValue(id, out var reduction))
            return reduction;
        reduction = Rent();
        var expected = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            reduction.Index[axis] = index[axis] / _axes[axis].ChunkSize;
            expected *= _axes[axis].FramesIn(reduction.Index[axis]);
        }

        reduction.Open(id, image, expected);
        _open.Add(id, reduction);
        return reduction;
    }

    /// <summary>Sources of a plane that exist when the unbounded axis of full resolution ends with a length.</summary>
    // Only one of the frame axes lies in space and shrinks, so that those that exist are the first.
    public int SourcesWithin(PlaneReduction reduction, long unboundedExtent)
    {
        var sources = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var length = _axes[axis].IsUnbounded ? Before.LengthAlong(axis, unboundedExtent) : _axes[axis].Extent;
            sources *= (int)Math.Min(_axes[axis].ChunkSize, length - reduction.Index[axis] * _axes[axis].ChunkSize);
        }

        return sources;
    }

    /// <summary>Takes a plane off the open ones: its last source has been routed; the distributor only.</summary>
    public void Close(PlaneReduction reduction) => _open.Remove(reduction.Id);

    /// <summary>The chunks that a plane is part of, and its position there; the distributor only.</summary>
    // Levels are never copied early: there is always a group.
    public ChunkGroup GroupOf(PlaneReduction reduction, out int position) => _arrays.Of(reduction.Image).GroupOf(reduction.Index, out position)!;

    /// <summary>Takes back a plane that is made, or never will be; any worker. Not to be used by the caller any more.</summary>
    public void Retire(PlaneReduction reduction)
    {
        lock (_lock)
            _idle.Push(reduction);
    }

    public void Dispose() => Planes.Dispose();

    private PlaneReduction Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
                return idle;
        }

        return new PlaneReduction(this, _mostSources, _axes.Length);
    }
}
