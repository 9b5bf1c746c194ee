using OmeZarr.Acquisition;
using OmeZarr.Streaming.Chunking;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;

namespace OmeZarr.Streaming.Pyramid;

/// <summary>
/// A downsampled level of a camera's images: its planes in memory, those being made, and its arrays. The distributor opens and
/// routes planes, one thread at a time; any worker makes them.
/// </summary>
internal sealed class PyramidLevel : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PlaneDownsampling> _open = [];
    private readonly Stack<PlaneDownsampling> _idle = new();
    private readonly AxisPlan[] _axes; // Blocks of planes relate to a level as chunks of frames do to an array.
    private readonly LevelArrays _arrays;
    private readonly int _mostSources;
    private readonly int _endingAxis;

    /// <param name="before">The previous level, from which it is made.</param>
    /// <param name="plan">The level.</param>
    /// <param name="source">Where the planes of the previous level lie.</param>
    /// <param name="planes">Memory for its own planes.</param>
    /// <param name="arrays">The array of each image.</param>
    /// <param name="downsampler">Which of a worker's downsamplers makes its planes.</param>
    /// <param name="endingAxis">The axis whose length is known only in the end, or -1.</param>
    public PyramidLevel(LevelPlan before, LevelPlan plan, FrameSource source, LevelPlanes planes, LevelArrays arrays,
        int downsampler, int endingAxis)
    {
        _endingAxis = endingAxis;
        Downsampler = downsampler;
        Plan = plan;
        Before = before;
        Source = source;
        Planes = planes;
        _arrays = arrays;
        _axes = AxisPlan.Of(before.Arrays[0] with { ChunkShape = plan.Step, ShardShapeInChunks = default });
        _mostSources = _axes.Aggregate(1, (sources, axis) => checked(sources * axis.ChunkSize));
    }

    public LevelPlan Plan { get; }

    /// <summary>The previous level, from which it is made.</summary>
    public LevelPlan Before { get; }

    /// <summary>Where the planes of the previous level lie.</summary>
    public FrameSource Source { get; }

    public LevelPlanes Planes { get; }

    /// <summary>Which of a worker's downsamplers makes its planes.</summary>
    public int Downsampler { get; }

    /// <summary>Planes that wait for sources; the distributor only.</summary>
    public IReadOnlyCollection<PlaneDownsampling> Open => _open.Values;

    /// <summary>
    /// The plane made from a given plane of the previous level, opened if necessary, and the position of that source in it; the
    /// distributor only.
    /// </summary>
    /// <param name="image">Index of the image.</param>
    /// <param name="index">Along the frame axes of the previous level.</param>
    /// <param name="position">Its position among the sources.</param>
    public PlaneDownsampling FindOrOpen(int image, ReadOnlySpan<long> index, out int position)
    {
        long id = image;
        position = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var (block, inBlock) = Math.DivRem(index[axis], _axes[axis].ChunkSize);
            id = checked(id + block * _axes[axis].ChunkRowStride * Plan.Arrays.Length);
            position = position * _axes[axis].FramesIn(block) + (int)inBlock;
        }

        if (_open.TryGetValue(id, out var downsampling))
            return downsampling;
        downsampling = Rent();
        var expected = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            downsampling.Index[axis] = index[axis] / _axes[axis].ChunkSize;
            expected *= _axes[axis].FramesIn(downsampling.Index[axis]);
        }

        downsampling.Open(id, image, expected);
        _open.Add(id, downsampling);
        return downsampling;
    }

    /// <summary>
    /// Sources of a plane that exist when the axis that grows, or is cut back, ends with a length at full resolution.
    /// </summary>
    // Only one of the frame axes is spatial and downsampled, so those that exist come first.
    public int SourcesWithin(PlaneDownsampling downsampling, long end)
    {
        var sources = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var length = axis == _endingAxis ? Before.LengthAlong(axis, end) : _axes[axis].Extent;
            sources *= (int)Math.Min(_axes[axis].ChunkSize, length - downsampling.Index[axis] * _axes[axis].ChunkSize);
        }

        return sources;
    }

    /// <summary>Removes a plane from the open ones: its last source has been routed; the distributor only.</summary>
    public void Close(PlaneDownsampling downsampling) => _open.Remove(downsampling.Id);

    /// <summary>The chunk row that a plane is part of, and its position in it; the distributor only.</summary>
    // Levels are never copied early: there is always a chunk row.
    public ChunkRow FindOrOpen(PlaneDownsampling downsampling, out int position) =>
        _arrays.FindOrMake(downsampling.Image).FindOrOpen(downsampling.Index, out position)!;

    /// <summary>Enters a plane, or its absence, into the chunk row that was found for it; the distributor only.</summary>
    public void Enter(ChunkRow chunkRow, int position, FramePart plane) =>
        _arrays[chunkRow.Image].Enter(chunkRow, position, plane);

    /// <summary>Recycles a plane that is made, or never will be; any worker. The caller must not use it afterwards.</summary>
    public void Retire(PlaneDownsampling downsampling)
    {
        lock (_lock)
            _idle.Push(downsampling);
    }

    public void Dispose() => Planes.Dispose();

    private PlaneDownsampling Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
                return idle;
        }

        return new PlaneDownsampling(this, _mostSources, _axes.Length);
    }
}
