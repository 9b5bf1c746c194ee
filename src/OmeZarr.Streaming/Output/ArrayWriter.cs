using OmeZarr.Acquisition;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// One array being written: its open chunk groups and open shards. Groups are opened and filled by the distributor (one
/// thread at a time), and finished by any worker.
/// </summary>
internal sealed class ArrayWriter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ChunkGroup> _open = [];
    private readonly Dictionary<long, ShardSlab> _slabs = [];
    private readonly Stack<ChunkGroup> _idle = new();
    private readonly AxisPlan[] _axes;
    private readonly AssemblyPool? _assemblies;
    private readonly WrittenExtent? _extent;

    /// <param name="encoding">How its frames are cut and its chunks encoded.</param>
    /// <param name="source">Where its frames lie.</param>
    /// <param name="objects">Where its objects go.</param>
    /// <param name="assemblies">Memory that its groups share with those of the lane's other arrays; null when frames wait in the ring.</param>
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
            _extent = new WrittenExtent(perRow);
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

    /// <summary>Frames in whole rows of the unbounded axis that are on the store.</summary>
    public long WrittenAlongUnboundedAxis =>
        _extent is null ? 0 : _extent.Rows * _axes[Geometry.Plan.UnboundedAxis].ChunkSize;

    /// <summary>Frames up to the end of the last chunk along the unbounded axis of which anything is on the store.</summary>
    public long ReachedAlongUnboundedAxis =>
        _extent is null ? 0 : _extent.Reached * _axes[Geometry.Plan.UnboundedAxis].ChunkSize;

    /// <summary>
    /// The open group that a frame belongs to, and its position there; distributor only. Null when every assembly buffer
    /// is in use: the frame must wait until a group of any of the lane's arrays is finished.
    /// </summary>
    public ChunkGroup? GroupOf(ReadOnlySpan<long> storageIndex, out int position)
    {
        long id = 0;
        position = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var (chunk, inChunk) = Math.DivRem(storageIndex[axis], _axes[axis].ChunkSize);
            id = checked(id + chunk * _axes[axis].GroupStride);
            position = position * _axes[axis].ChunkSize + (int)inChunk;
        }

        if (!_open.TryGetValue(id, out var group))
        {
            AssemblyBuffer? assembly = null;
            if (_assemblies is not null)
            {
                if (!_assemblies.TryRent(out var buffer))
                    return null;
                assembly = buffer;
            }

            group = Open(id, storageIndex, assembly);
        }

        return group;
    }

    /// <summary>Takes a group off the open ones: its last frame has been routed; distributor only.</summary>
    public void Close(ChunkGroup group) => _open.Remove(group.Id);

    /// <summary>Groups still waiting for frames; distributor only.</summary>
    public IReadOnlyCollection<ChunkGroup> OpenGroups => _open.Values;

    /// <summary>Notes that chunks of a group are on the store; any worker.</summary>
    public void NoteWritten(ChunkGroup group) => _extent?.Reach(group.Coordinates[Geometry.Plan.UnboundedAxis]);

    /// <summary>Ends a group; any worker.</summary>
    /// <param name="group">Not to be used by the caller any more.</param>
    /// <param name="written">Whether all of its chunks are on the store, or it had none.</param>
    public void Finish(ChunkGroup group, bool written)
    {
        try
        {
            if (!written)
                return;
            if (group.Frames == 0)
                group.Slab?.SkipGroup();
            _extent?.Finish(group.Coordinates[Geometry.Plan.UnboundedAxis]);
        }
        finally
        {
            Retire(group);
        }
    }

    /// <summary>The slabs with unfinished shards.</summary>
    public ShardSlab[] OpenSlabs()
    {
        lock (_lock)
            return [.. _slabs.Values];
    }

    // Also after a failure: the next group needs its memory.
    private void Retire(ChunkGroup group)
    {
        var assembly = group.Assembly;
        lock (_lock)
        {
            if (group.Slab is { IsFinished: true } slab)
                _slabs.Remove(slab.Id);
            _idle.Push(group);
        }

        if (assembly is { } buffer)
            _assemblies!.Return(buffer);
    }

    private ChunkGroup Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
                return idle;
        }

        return new ChunkGroup(this);
    }

    private ChunkGroup Open(long id, ReadOnlySpan<long> storageIndex, AssemblyBuffer? assembly)
    {
        var group = Rent();
        int expected = 1, firstChunk = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var chunk = storageIndex[axis] / _axes[axis].ChunkSize;
            group.Coordinates[axis] = chunk;
            expected *= _axes[axis].FramesIn(chunk);
            firstChunk = firstChunk * _axes[axis].ShardChunks + (int)(chunk % _axes[axis].ShardChunks);
        }

        var slab = Geometry.Plan.IsSharded ? SlabOf(group.Coordinates) : null;
        group.Open(id, slab, assembly, firstChunk * Geometry.ShardTilesY * Geometry.ShardTilesX, expected);
        _open.Add(id, group);
        return group;
    }

    private ShardSlab SlabOf(ReadOnlySpan<long> chunk)
    {
        long id = 0, groups = 1;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var shard = chunk[axis] / _axes[axis].ShardChunks;
            id += shard * _axes[axis].SlabStride;
            groups = checked(groups * _axes[axis].ChunksInShard(shard));
        }

        lock (_lock)
        {
            if (_slabs.TryGetValue(id, out var slab))
                return slab;
            var coordinates = new long[_axes.Length];
            for (var axis = 0; axis < coordinates.Length; axis++)
                coordinates[axis] = chunk[axis] / _axes[axis].ShardChunks;
            slab = new ShardSlab(id, coordinates, groups, Geometry, Objects);
            _slabs.Add(id, slab);
            return slab;
        }
    }
}
