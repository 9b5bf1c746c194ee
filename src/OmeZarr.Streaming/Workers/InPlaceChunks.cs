using OmeZarr.Storage;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Uncompressed chunks as they lie in the frames: tiles as wide as the frame, of which each plane is one piece of memory
/// just as the file wants it. Collects the pieces of a batch, to be written from there in one go. One worker's; reused.
/// </summary>
/// <param name="capacity">The most pieces; chunks of more are gathered.</param>
/// <param name="alignment">Of memory that the store takes without a copy.</param>
internal sealed class InPlaceChunks(int capacity, int alignment)
{
    /// <summary>
    /// Chunks up to this size, in bytes, are gathered first when they lie in several pieces: the copy stays in a core's own
    /// cache, and the system copies from there at least as fast as from many places (docs/performance.md).
    /// </summary>
    private const long GatheredBytes = 1 << 20;

    /// <summary>Pieces shorter than this, in bytes, cost the system more than a copy.</summary>
    private const long ShortestPiece = 4096;

    private readonly MemoryRange[] _pieces = new MemoryRange[capacity];
    private int _count;

    /// <summary>What was collected, in order; pieces that touch have become one.</summary>
    public ReadOnlySpan<MemoryRange> Pieces => _pieces.AsSpan(0, _count);

    /// <summary>Whether all of it lies in one piece.</summary>
    public bool IsOnePiece => _count == 1;

    /// <summary>Whether writing the pieces from where they lie beats gathering them.</summary>
    public bool PaysOff
    {
        get
        {
            if (alignment > 1)
                return AreAligned;
            var bytes = MemoryRange.Total(Pieces);
            return IsOnePiece || (bytes > GatheredBytes && bytes / _count >= ShortestPiece);
        }
    }

    public void Clear() => _count = 0;

    /// <summary>Adds a chunk; false when it does not lie there as the file wants it, or in too many pieces.</summary>
    public bool TryAdd(in ChunkRows rows)
    {
        if (rows.ValidRows != rows.PlaneRows || rows.ValidRowBytes != rows.RowBytes)
            return false;
        foreach (var plane in rows.Planes)
        {
            if (plane.IsMissing || (rows.PlaneRows > 1 && plane.RowStride != rows.RowBytes) || !TryAdd(new MemoryRange(plane.First, rows.PlaneBytes)))
                return false;
        }

        return true;
    }

    private bool TryAdd(MemoryRange piece)
    {
        if (_count > 0 && _pieces[_count - 1].End == piece.First)
            _pieces[_count - 1] = new MemoryRange(_pieces[_count - 1].First, _pieces[_count - 1].Bytes + piece.Bytes);
        else if (_count < _pieces.Length)
            _pieces[_count++] = piece;
        else
            return false;
        return true;
    }

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
