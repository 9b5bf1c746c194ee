using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>One of the arrays over the frame numbers, with its chunks of all <see cref="FrameBands"/> in memory.</summary>
/// <remarks>
/// The memory changes under the owner's <c>content</c> lock. What is stored is a cut: the rows present when <see
/// cref="BeginCut"/> was called, whatever is written while the store takes them.
/// </remarks>
internal sealed unsafe class FrameColumn : IDisposable
{
    private const long Nothing = -1;

    private readonly NativeBuffer _memory;
    private readonly CachedChunk[] _cache = new CachedChunk[FrameBands.Count];
    private readonly int _chunkBytes;
    private readonly int _rowBytes;
    private readonly int _rows;

    public FrameColumn(StoredArray array)
    {
        Array = array;
        _chunkBytes = array.Metadata.ChunkBytes;
        _rows = array.Metadata.ChunkShape[0];
        _rowBytes = _chunkBytes / _rows;
        _memory = new NativeBuffer((long)FrameBands.Count * _chunkBytes);
        for (var band = 0; band < _cache.Length; band++)
            Clear(band, Nothing);
    }

    public StoredArray Array { get; }

    /// <summary>Memory of a column with chunks of the given size.</summary>
    public static long BytesFor(int chunkBytes) => NativeBuffer.AlignUp((long)FrameBands.Count * chunkBytes);

    /// <summary>Whether everything written to a band is stored.</summary>
    public bool IsClean(int band) => !_cache[band].IsChanged && !_cache[band].IsInCut;

    /// <summary>Sets all rows of a band to unknown; it must be clean.</summary>
    public void Clear(int band, long chunk)
    {
        Array.Clear(Content(band));
        _cache[band] = new CachedChunk { Chunk = chunk };
    }

    /// <summary>Loads a chunk into a band, which must be clean.</summary>
    public void Load(int band, long chunk)
    {
        _cache[band] = new CachedChunk { Chunk = Nothing };
        Array.Load(chunk, Content(band));
        _cache[band].Chunk = chunk;
    }

    /// <summary>A row, for writing.</summary>
    public Span<byte> Change(int band, int row)
    {
        _cache[band].IsChanged = true;
        return Content(band).Slice(row * _rowBytes, _rowBytes);
    }

    /// <summary>A row, from memory or the store; only when nothing is written any more.</summary>
    public ReadOnlySpan<byte> Look(long row)
    {
        var chunk = row / _rows;
        // Bands are used per column: reading one column does not wait for the others.
        var band = (int)(chunk % FrameBands.Count);
        if (_cache[band].Chunk != chunk)
            Load(band, chunk);
        return Content(band).Slice((int)(row % _rows) * _rowBytes, _rowBytes);
    }

    /// <summary>Sets stored rows from a number on to unknown, chunk by chunk; while none is in memory.</summary>
    public void ClearStored(long from, bool durable)
    {
        for (var chunk = from / _rows; chunk * _rows < Array.Length; chunk++)
        {
            Array.Load(chunk, Array.Source);
            var rows = Array.Source[((int)Math.Max(0, from - chunk * _rows) * _rowBytes)..];
            var unknown = Content(0)[..rows.Length];
            Array.Clear(unknown);
            if (rows.SequenceEqual(unknown))
                continue;
            unknown.CopyTo(rows);
            Array.Put(chunk, durable);
        }
    }

    /// <summary>Adds every change to the cut.</summary>
    /// <returns>Whether there is anything to store.</returns>
    public bool BeginCut()
    {
        var any = false;
        foreach (ref var cached in _cache.AsSpan())
        {
            cached.IsInCut |= cached.IsChanged;
            cached.IsChanged = false;
            any |= cached.IsInCut;
        }

        return any;
    }

    /// <summary>Leaves the part of the cut that has not been stored to the next one.</summary>
    public void EndCut()
    {
        foreach (ref var cached in _cache.AsSpan())
        {
            cached.IsChanged |= cached.IsInCut;
            cached.IsInCut = false;
        }
    }

    /// <summary>Stores the column's part of the cut.</summary>
    /// <param name="bands">Which chunks are in memory, and which rows are not part of the cut.</param>
    /// <param name="content">Held while memory is read, not while the store works.</param>
    /// <param name="durable">Whether it must survive a power cut.</param>
    public void Store(FrameBands bands, Lock content, bool durable)
    {
        for (var band = 0; band < _cache.Length; band++)
        {
            long chunk;
            lock (content)
            {
                if (!_cache[band].IsInCut)
                    continue;
                chunk = _cache[band].Chunk;
                Content(band).CopyTo(Array.Source);
                for (var row = bands.NextLate(band, 0); row >= 0; row = bands.NextLate(band, row + 1))
                    Array.Clear(Array.Source.Slice(row * _rowBytes, _rowBytes));
            }

            Array.Put(chunk, durable);
            lock (content)
                _cache[band].IsInCut = false;
        }
    }

    public void Dispose() => _memory.Dispose();

    // SAFETY: bands are numbered 0 to Count - 1, and the memory holds a chunk of each.
    private Span<byte> Content(int band) => new(_memory.Pointer + (long)band * _chunkBytes, _chunkBytes);

    private struct CachedChunk
    {
        public long Chunk;
        public bool IsChanged;
        public bool IsInCut;
    }
}
