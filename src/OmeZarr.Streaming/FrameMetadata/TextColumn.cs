using OmeZarr.Memory;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// The array of all frames' JSON, one text after another. It is only ever appended to, and bytes to which no frame's row points
/// are invisible. So any of it may be stored before the rows are, and it need not wait for a cut.
/// </summary>
/// <remarks>Locks as for <see cref="FrameColumn"/>.</remarks>
internal sealed unsafe class TextColumn : IDisposable
{
    /// <summary>Chunks in memory: the current one, and full ones that the store has not taken yet.</summary>
    private const int CachedChunks = 3;

    private readonly NativeBuffer _memory;
    private readonly CachedChunk[] _cache = new CachedChunk[CachedChunks];
    private readonly int _chunkBytes;
    private long _cut;

    public TextColumn(StoredArray array)
    {
        Array = array;
        _chunkBytes = array.Metadata.ChunkBytes;
        _memory = new NativeBuffer((long)CachedChunks * _chunkBytes);
        _cache.AsSpan().Fill(new CachedChunk { Chunk = -1 });
    }

    public StoredArray Array { get; }

    /// <summary>Bytes of all texts.</summary>
    public long Length { get; private set; }

    /// <summary>Memory of a column with chunks of the given size.</summary>
    public static long BytesFor(int chunkBytes) => NativeBuffer.AlignUp((long)CachedChunks * chunkBytes);

    /// <summary>Goes on behind texts that are stored; before anything else.</summary>
    public void Resume(long length)
    {
        Length = length;
        if (length % _chunkBytes == 0)
            return;
        var chunk = length / _chunkBytes;
        Array.Load(chunk, Content(chunk));
        CacheOf(chunk) = new CachedChunk { Chunk = chunk };
    }

    /// <summary>Whether that many bytes can be appended before the store has taken any.</summary>
    public bool HasRoom(int bytes)
    {
        for (var chunk = Length / _chunkBytes; chunk <= (Length + bytes - 1) / _chunkBytes; chunk++)
        {
            if (!IsFree(chunk))
                return false;
        }

        return true;
    }

    /// <summary>Stores full chunks, so that that many bytes can be appended; while no cut is being stored.</summary>
    public void MakeRoom(int bytes, Lock content, bool durable)
    {
        for (var chunk = Length / _chunkBytes; chunk <= (Length + bytes - 1) / _chunkBytes; chunk++)
        {
            if (IsFree(chunk))
                continue;
            lock (content)
                Content(chunk).CopyTo(Array.Source);
            ref var cached = ref CacheOf(chunk);
            Array.Put(cached.Chunk, durable);
            lock (content)
                cached.IsChanged = false;
        }
    }

    /// <summary>Appends a text for which there is room; returns its offset.</summary>
    public long Append(TextPool texts, int text, int bytes)
    {
        var start = Length;
        for (var done = 0; done < bytes;)
        {
            var room = Next(bytes - done);
            texts.CopyTo(text, done, room);
            done += room.Length;
            Length += room.Length;
        }

        return start;
    }

    /// <summary>
    /// The bytes from an offset to the end of its chunk, from memory or the store; only when nothing is appended any more.
    /// </summary>
    public ReadOnlySpan<byte> Look(long at)
    {
        var chunk = at / _chunkBytes;
        ref var cached = ref CacheOf(chunk);
        if (cached.Chunk != chunk)
        {
            cached.Chunk = -1;
            Array.Load(chunk, Content(chunk));
            cached.Chunk = chunk;
        }

        return Content(chunk)[(int)(at % _chunkBytes)..];
    }

    /// <summary>Adds all texts so far to the cut.</summary>
    /// <returns>Whether there is anything to store.</returns>
    public bool BeginCut()
    {
        _cut = Length;
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

    /// <summary>Stores the texts of the cut.</summary>
    public void Store(Lock content, bool durable)
    {
        for (var number = 0; number < CachedChunks; number++)
        {
            long chunk;
            lock (content)
            {
                if (!_cache[number].IsInCut)
                    continue;
                chunk = _cache[number].Chunk;
                var bytes = (int)Math.Min(_chunkBytes, _cut - chunk * _chunkBytes);
                Content(chunk)[..bytes].CopyTo(Array.Source);
                Array.Clear(Array.Source[bytes..]);
            }

            Array.Put(chunk, durable);
            lock (content)
                _cache[number].IsInCut = false;
        }
    }

    public void Dispose() => _memory.Dispose();

    // Room after the last text, within one chunk.
    private Span<byte> Next(int bytes)
    {
        var chunk = Length / _chunkBytes;
        ref var cached = ref CacheOf(chunk);
        if (cached.Chunk != chunk)
        {
            Array.Clear(Content(chunk));
            cached = new CachedChunk { Chunk = chunk };
        }

        cached.IsChanged = true;
        var first = (int)(Length % _chunkBytes);
        return Content(chunk).Slice(first, Math.Min(bytes, _chunkBytes - first));
    }

    private bool IsFree(long chunk) =>
        CacheOf(chunk) is var cached && (cached.Chunk == chunk || (!cached.IsChanged && !cached.IsInCut));

    private ref CachedChunk CacheOf(long chunk) => ref _cache[chunk % CachedChunks];

    // SAFETY: cached chunks are numbered 0 to CachedChunks - 1, and the memory has room for each.
    private Span<byte> Content(long chunk) => new(_memory.Pointer + chunk % CachedChunks * _chunkBytes, _chunkBytes);

    private struct CachedChunk
    {
        public long Chunk;
        public bool IsChanged;
        public bool IsInCut;
    }
}
