using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Chunking;

/// <summary>
/// The open chunk rows of one array. The distributor opens and fills them (one thread at a time); any worker finishes them.
/// </summary>
/// <param name="encoding">How its frames are cut and its chunks encoded.</param>
/// <param name="source">Where its frames lie.</param>
/// <param name="output">Where its chunks go.</param>
/// <param name="image">Index of the image that the array is a level of.</param>
/// <param name="assemblies">Memory that its chunk rows share with the camera's other arrays; null when frames wait in the
/// ring.</param>
internal sealed class ChunkAssembler(ArrayEncoding encoding, FrameSource source, ArrayOutput output, int image,
    AssemblyPool? assemblies)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ChunkRow> _open = [];
    private readonly Stack<ChunkRow> _idle = new();
    private readonly Dictionary<long, ChunkRow> _assembled = []; // With memory of their own, until they are over.
    private readonly AxisPlan[] _axes = encoding.Axes;

    /// <summary>The array.</summary>
    public ArrayOutput Output => output;

    /// <summary>Chunk rows still waiting for frames; distributor only.</summary>
    public IReadOnlyCollection<ChunkRow> Open => _open.Values;

    /// <summary>
    /// The chunk row that a frame belongs to, opened if necessary, and the frame's position in it; distributor only. Null when
    /// every assembly buffer is in use: the frame must wait until a chunk row of any of the camera's arrays is finished.
    /// </summary>
    public ChunkRow? FindOrOpen(ReadOnlySpan<long> storageIndex, out int position)
    {
        var id = IdOf(storageIndex, out position);
        if (!_open.TryGetValue(id, out var chunkRow))
        {
            AssemblyBuffer? assembly = null;
            if (assemblies is not null)
            {
                if (!assemblies.TryRent(out var buffer))
                    return null;
                assembly = buffer;
            }

            chunkRow = OpenNew(id, storageIndex, assembly);
        }

        return chunkRow;
    }

    /// <summary>Enters a plane, or its absence, into an open chunk row. The last plane closes it. Distributor only.</summary>
    public void Enter(ChunkRow chunkRow, int position, FramePart part)
    {
        chunkRow.Enter(position, part);
        if (chunkRow.IsRouted)
            Close(chunkRow);
    }

    /// <summary>Removes a chunk row from the open ones: no more planes come for it; distributor only.</summary>
    public void Close(ChunkRow chunkRow) => _open.Remove(chunkRow.Id);

    /// <summary>Finishes a chunk row; any worker.</summary>
    /// <param name="chunkRow">The caller must not use it afterwards.</param>
    /// <param name="written">Whether all of its chunks are stored, or it had none.</param>
    public void Finish(ChunkRow chunkRow, bool written)
    {
        try
        {
            output.Finish(chunkRow, written);
        }
        finally
        {
            // Also after a failure: the next chunk row needs its memory.
            if (chunkRow.End())
                Retire(chunkRow);
        }
    }

    /// <summary>
    /// The chunk row of a frame that is copied early, kept as it is until <see cref="EndShare"/>, and the frame's position in it;
    /// null when there is none now. Any thread.
    /// </summary>
    public ChunkRow? TryShare(ReadOnlySpan<long> storageIndex, out int position)
    {
        var id = IdOf(storageIndex, out position);
        lock (_lock)
            return _assembled.TryGetValue(id, out var chunkRow) && chunkRow.TryShare(id) ? chunkRow : null;
    }

    /// <summary>Ends a share.</summary>
    public void EndShare(ChunkRow chunkRow)
    {
        if (chunkRow.EndShare())
            Retire(chunkRow);
    }

    private long IdOf(ReadOnlySpan<long> storageIndex, out int position)
    {
        long id = 0;
        position = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var (chunk, inChunk) = Math.DivRem(storageIndex[axis], _axes[axis].ChunkSize);
            id = checked(id + chunk * _axes[axis].ChunkRowStride);
            position = position * _axes[axis].ChunkSize + (int)inChunk;
        }

        return id;
    }

    private void Retire(ChunkRow chunkRow)
    {
        var assembly = chunkRow.Assembly;
        lock (_lock)
        {
            if (assembly is not null)
                _assembled.Remove(chunkRow.Id);
            _idle.Push(chunkRow);
        }

        if (assembly is { } buffer)
            assemblies!.Return(buffer);
    }

    private ChunkRow Rent()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var idle))
                return idle;
        }

        return new ChunkRow(encoding, source, output, image);
    }

    private ChunkRow OpenNew(long id, ReadOnlySpan<long> storageIndex, AssemblyBuffer? assembly)
    {
        var chunkRow = Rent();
        int expected = 1, firstChunk = 0;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var chunk = storageIndex[axis] / _axes[axis].ChunkSize;
            chunkRow.Coordinates[axis] = chunk;
            expected *= _axes[axis].FramesIn(chunk);
            firstChunk = firstChunk * _axes[axis].ShardChunks + (int)(chunk % _axes[axis].ShardChunks);
        }

        output.Open(chunkRow.Coordinates);
        var tiles = encoding.Geometry.ShardTilesY * encoding.Geometry.ShardTilesX;
        chunkRow.Open(id, output.FindOrOpen(chunkRow.Coordinates), assembly, firstChunk * tiles, expected);
        _open.Add(id, chunkRow);
        if (assembly is not null)
        {
            lock (_lock)
                _assembled[id] = chunkRow;
        }

        return chunkRow;
    }
}
