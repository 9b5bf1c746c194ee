using OmeZarr.Storage;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Output;

/// <summary>
/// Uncompressed chunks in place in the frames: of tiles as wide as the frame, each plane is one piece of memory in the file's
/// layout. Collects the pieces of a batch, to be written from there in one go. Used by one worker; reused.
/// </summary>
/// <param name="pieces">The most pieces; chunks that need more are copied.</param>
/// <param name="chunks">The most chunks of a batch.</param>
/// <param name="alignment">The alignment of memory that the store takes into a shard without a copy.</param>
internal sealed class InPlaceChunks(int pieces, int chunks, int alignment)
{
    /// <summary>Pieces shorter than this, in bytes, cost more to write than a copy does.</summary>
    private const long ShortestPiece = 4096;

    private readonly MemoryRange[] _pieces = new MemoryRange[pieces];
    private readonly int[] _ends = new int[chunks];
    private int _count;
    private int _chunks;
    private bool _apart;

    /// <summary>The collected pieces, in order; adjacent pieces are merged, unless their chunks are kept apart.</summary>
    public ReadOnlySpan<MemoryRange> Pieces => _pieces.AsSpan(0, _count);

    /// <summary>Whether writing the pieces in place is cheaper than copying them together.</summary>
    public bool PaysOff
    {
        get
        {
            if (!_apart)
                return alignment > 1 ? AreAligned : Pays(Pieces);
            for (var chunk = 0; chunk < _chunks; chunk++)
            {
                if (!Pays(Chunk(chunk)))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Begins a batch.</summary>
    /// <param name="apart">Whether each chunk is written separately, as an object of its own.</param>
    public void Begin(bool apart)
    {
        _apart = apart;
        _count = 0;
        _chunks = 0;
    }

    /// <summary>The pieces of a chunk that is kept apart.</summary>
    /// <param name="chunk">Its number in the order of addition.</param>
    public ReadOnlySpan<MemoryRange> Chunk(int chunk)
    {
        var first = chunk == 0 ? 0 : _ends[chunk - 1];
        return _pieces.AsSpan(first, _ends[chunk] - first);
    }

    /// <summary>Adds a chunk; false when it is not in the file's layout, or needs too many pieces.</summary>
    public bool TryAdd(in ChunkPixels rows)
    {
        if (rows.ValidRows != rows.PlaneRows || rows.ValidRowBytes != rows.RowBytes)
            return false;
        foreach (var plane in rows.Planes)
        {
            if (plane.IsMissing || (rows.PlaneRows > 1 && plane.RowStride != rows.RowBytes)
                || !TryAdd(new MemoryRange(plane.First, rows.PlaneBytes)))
                return false;
        }

        _ends[_chunks++] = _count;
        return true;
    }

    private bool TryAdd(MemoryRange piece)
    {
        var joinable = !_apart || _chunks == 0 ? 0 : _ends[_chunks - 1];
        if (_count > joinable && _pieces[_count - 1].End == piece.First)
            _pieces[_count - 1] = new MemoryRange(_pieces[_count - 1].First, _pieces[_count - 1].Bytes + piece.Bytes);
        else if (_count < _pieces.Length)
            _pieces[_count++] = piece;
        else
            return false;
        return true;
    }

    private static bool Pays(ReadOnlySpan<MemoryRange> pieces) =>
        pieces.Length == 1 || MemoryRange.Total(pieces) / pieces.Length >= ShortestPiece;

    private bool AreAligned
    {
        get
        {
            for (var i = 0; i < _count; i++)
            {
                if (_pieces[i].First % alignment != 0 || (i < _count - 1 && _pieces[i].Bytes % alignment != 0))
                    return false;
            }

            return true;
        }
    }
}
