using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Storage;
using OmeZarr.Streaming.Layout;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Resuming;

/// <summary>
/// Reads frames of full resolution back from the store. The chunks of a few frames are kept, since the next frame is often in the
/// same ones. One thread at a time.
/// </summary>
internal sealed unsafe class StoredFrames : IDisposable
{
    /// <summary>Chunks that are kept, in bytes, unless those of one frame take more.</summary>
    public const long MostKeptBytes = 64L << 20;

    private const int MostIndexes = 64;

    private readonly IWritableStore _store;
    private readonly CameraPlan _plan;
    private readonly ChunkGeometry _geometry;
    private readonly IChunkDecoder _decoder;
    private readonly List<KeptChunks> _kept = [];
    private readonly Dictionary<string, (ulong[] Entries, long Size)> _indexes = [];
    private readonly NativeBuffer _encoded;
    private readonly int _mostEncoded;
    private readonly long[] _index;

    public StoredFrames(IWritableStore store, CameraPlan plan)
    {
        _store = store;
        _plan = plan;
        var array = plan.Arrays[0];
        var codec = new ChunkCodec(array.Compression, array.Checksum, array.DataType);
        _geometry = new ChunkGeometry(array);
        _decoder = codec.CreateDecoder(array.ChunkBytes);
        _mostEncoded = codec.MaxEncodedBytes(array.ChunkBytes);
        _encoded = new NativeBuffer(_mostEncoded);
        _index = new long[plan.Router.FrameAxes];
    }

    /// <summary>The most memory that reading a camera's frames back takes, with a frame and a plane beside.</summary>
    public static long BytesFor(CameraPlan plan)
    {
        var array = plan.Arrays[0];
        var geometry = new ChunkGeometry(array);
        var codec = new ChunkCodec(array.Compression, array.Checksum, array.DataType);
        return checked(Math.Max(MostKeptBytes, NativeBuffer.AlignUp(geometry.ChunkRowBytes))
            + NativeBuffer.AlignUp(codec.MaxEncodedBytes(array.ChunkBytes)) + codec.EncoderBytes(array.ChunkBytes)
            + 2 * NativeBuffer.AlignUp(geometry.FrameBytes) + NativeBuffer.AlignUp(plan.FrameBytes));
    }

    /// <summary>Bytes of a plane with packed rows, as it is stored.</summary>
    public long PlaneBytes => _geometry.FrameBytes;

    /// <summary>All of a plane as one tile.</summary>
    public Tile WholeFrame => new()
    {
        Y = 0,
        X = 0,
        Number = 0,
        ChunkInShard = 0,
        Rows = checked((int)_geometry.Height),
        Columns = checked((int)_geometry.Width),
        FirstRow = 0,
        FirstColumn = 0,
    };

    /// <summary>A plane that was read, as encoders see it.</summary>
    public ChunkPlane AsPlane(byte* plane) => new((nint)plane, _geometry.FrameRowBytes);

    /// <summary>Reads a plane of a frame; chunks that are not there read as 0.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="plane">Which of its planes.</param>
    /// <param name="target">Receives <see cref="PlaneBytes"/> bytes.</param>
    /// <exception cref="StoreException">A chunk is damaged, or the store failed.</exception>
    public void Read(long frame, int plane, byte* target)
    {
        var image = _plan.Router.Locate(frame, plane, _index);
        var chunk = new long[_index.Length];
        long position = 0;
        for (var axis = 0; axis < chunk.Length; axis++)
        {
            (chunk[axis], var inChunk) = Math.DivRem(_index[axis], _plan.Arrays[0].ChunkShape[axis]);
            position = position * _plan.Arrays[0].ChunkShape[axis] + inChunk;
        }

        var chunks = Find(image, chunk);
        for (var shard = 0; shard < _geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < _geometry.TilesInShard(shard); number++)
                Copy(_geometry.Tile(shard, number), chunks, position, target);
        }
    }

    /// <summary>Whether a plane that was read is not all 0 in any of its chunks.</summary>
    public bool IsSeenInEveryChunk(byte* plane)
    {
        for (var shard = 0; shard < _geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < _geometry.TilesInShard(shard); number++)
            {
                if (!IsSeen(_geometry.Tile(shard, number), plane))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether all chunks of a plane of a frame are there.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="plane">Which of its planes.</param>
    /// <param name="chunk">Receives the coordinates of its chunk row.</param>
    /// <returns>The image, and whether they are.</returns>
    /// <exception cref="StoreException">An index is damaged, or the store failed.</exception>
    public (int Image, bool AreThere) Find(long frame, int plane, long[] chunk)
    {
        var image = _plan.Router.Locate(frame, plane, _index);
        for (var axis = 0; axis < chunk.Length; axis++)
            chunk[axis] = _index[axis] / _plan.Arrays[0].ChunkShape[axis];
        for (var shard = 0; shard < _geometry.ShardsPerRow; shard++)
        {
            for (var number = 0; number < _geometry.TilesInShard(shard); number++)
            {
                if (!IsThere(_plan.Arrays[image], _geometry.Tile(shard, number), shard, chunk))
                    return (image, false);
            }
        }

        return (image, true);
    }

    public void Dispose()
    {
        foreach (var chunks in _kept)
            chunks.Memory.Dispose();
        _encoded.Dispose();
        _decoder.Dispose();
    }

    // SAFETY: the plane has the tile's rows and columns.
    private bool IsSeen(in Tile tile, byte* plane)
    {
        plane += tile.FirstRow * _geometry.FrameRowBytes + tile.FirstColumn * _geometry.ElementBytes;
        for (var row = 0; row < tile.Rows; row++, plane += _geometry.FrameRowBytes)
        {
            if (new ReadOnlySpan<byte>(plane, tile.Columns * _geometry.ElementBytes).ContainsAnyExcept((byte)0))
                return true;
        }

        return false;
    }

    // SAFETY: the target has all rows of a plane, and the chunks one of each tile.
    private void Copy(in Tile tile, KeptChunks chunks, long position, byte* target)
    {
        var source = chunks.Memory.Pointer + (long)tile.Number * _geometry.Plan.ChunkBytes + position * _geometry.ChunkPlaneBytes;
        target += tile.FirstRow * _geometry.FrameRowBytes + tile.FirstColumn * _geometry.ElementBytes;
        long bytes = tile.Columns * _geometry.ElementBytes;
        for (var row = 0; row < tile.Rows; row++)
        {
            Buffer.MemoryCopy(source, target, bytes, bytes);
            source += _geometry.TileRowBytes;
            target += _geometry.FrameRowBytes;
        }
    }

    private KeptChunks Find(int image, long[] chunk)
    {
        var at = _kept.FindIndex(kept => kept.Image == image && kept.Chunk.AsSpan().SequenceEqual(chunk));
        KeptChunks chunks;
        if (at >= 0)
        {
            chunks = _kept[at];
            _kept.RemoveAt(at);
        }
        else
        {
            chunks = new KeptChunks(image, chunk, TakeMemory());
            Load(chunks);
        }

        // The one that was used last is the last.
        _kept.Add(chunks);
        return chunks;
    }

    private NativeBuffer TakeMemory()
    {
        if ((_kept.Count + 1) * NativeBuffer.AlignUp(_geometry.ChunkRowBytes) <= MostKeptBytes || _kept.Count == 0)
            return new NativeBuffer(_geometry.ChunkRowBytes);
        var memory = _kept[0].Memory;
        _kept.RemoveAt(0);
        return memory;
    }

    private void Load(KeptChunks chunks)
    {
        var done = false;
        try
        {
            for (var shard = 0; shard < _geometry.ShardsPerRow; shard++)
            {
                for (var number = 0; number < _geometry.TilesInShard(shard); number++)
                    Load(_geometry.Tile(shard, number), shard, chunks);
            }

            done = true;
        }
        finally
        {
            if (!done)
                chunks.Memory.Dispose();
        }
    }

    private void Load(in Tile tile, int shard, KeptChunks chunks)
    {
        // SAFETY: there is room for a chunk of each tile.
        var target = new Span<byte>(
            chunks.Memory.Pointer + (long)tile.Number * _geometry.Plan.ChunkBytes, _geometry.Plan.ChunkBytes);
        var array = _plan.Arrays[chunks.Image];
        try
        {
            var encoded = array.IsSharded ? OfShard(array, tile, shard, chunks.Chunk)
                : Whole(KeyOf(array, [.. chunks.Chunk, tile.Y, tile.X]));
            if (encoded.IsEmpty)
                target.Clear();
            else
                _decoder.Decode(encoded, target);
        }
        catch (Exception e) when (e is CodecException or Zarr.Json.ZarrFormatException)
        {
            throw new StoreException(StoreErrorKind.Io,
                $"{array.Path}: a chunk that the acquisition would go on with is damaged: {e.Message}", e);
        }
    }

    private bool IsThere(ArrayPlan array, in Tile tile, int shard, long[] chunk)
    {
        if (!array.IsSharded)
            return _store.SizeOf(KeyOf(array, [.. chunk, tile.Y, tile.X])) is not null;
        try
        {
            return RangeOf(array, tile, shard, chunk, out _) is not null;
        }
        catch (Zarr.Json.ZarrFormatException e)
        {
            throw new StoreException(StoreErrorKind.Io, $"{array.Path}: {e.Message}", e);
        }
    }

    private ReadOnlySpan<byte> Whole(string key) =>
        _store.ReadAt(key, 0, _encoded.Span(_mostEncoded)) is { } size ? _encoded.Span((int)Math.Min(size, _mostEncoded)) : [];

    private ReadOnlySpan<byte> OfShard(ArrayPlan array, in Tile tile, int shard, long[] chunk)
    {
        if (RangeOf(array, tile, shard, chunk, out var key) is not var (offset, length))
            return [];
        if (length > _mostEncoded)
            throw new Zarr.Json.ZarrFormatException($"\"{key}\": a chunk of {length} bytes is larger than it can be.");
        var encoded = _encoded.Span((int)length);
        _ = _store.ReadAt(key, offset, encoded);
        return encoded;
    }

    private (long Offset, long Length)? RangeOf(ArrayPlan array, in Tile tile, int shard, long[] chunk, out string key)
    {
        var coordinates = new long[chunk.Length + 2];
        var inShard = 0;
        for (var axis = 0; axis < chunk.Length; axis++)
        {
            (coordinates[axis], var at) = Math.DivRem(chunk[axis], array.ShardShapeInChunks[axis]);
            inShard = inShard * array.ShardShapeInChunks[axis] + (int)at;
        }

        (coordinates[^2], coordinates[^1]) = (shard / _geometry.ShardsX, shard % _geometry.ShardsX);
        key = KeyOf(array, coordinates);
        var (entries, size) = IndexOf(key);
        var number = inShard * _geometry.ShardTilesY * _geometry.ShardTilesX + tile.ChunkInShard;
        return size == 0 ? null : ShardIndex.Locate(entries, number, size);
    }

    private (ulong[] Entries, long Size) IndexOf(string key)
    {
        if (_indexes.TryGetValue(key, out var known))
            return known;
        if (_indexes.Count == MostIndexes)
            _indexes.Clear();
        var entries = new ulong[_geometry.ChunksPerShard * ShardIndex.NumbersPerChunk];
        var index = new byte[ShardIndex.SizeInBytes(_geometry.ChunksPerShard)];
        if (_store.ReadEnd(key, index) is not { } size)
            return _indexes[key] = (entries, 0);
        if (size < index.Length)
            throw new Zarr.Json.ZarrFormatException($"\"{key}\": {size} bytes are too few for a shard's index.");
        ShardIndex.Decode(index, entries);
        return _indexes[key] = (entries, size);
    }

    private static string KeyOf(ArrayPlan array, long[] coordinates) => $"{array.Path}/{ChunkGrid.Key(coordinates)}";

    private sealed record KeptChunks(int Image, long[] Chunk, NativeBuffer Memory);
}
