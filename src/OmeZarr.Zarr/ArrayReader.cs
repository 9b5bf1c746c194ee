using System.Collections.Immutable;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>
/// Reads an array back, whole or a region of it, with or without shards. Meant for verification and live viewing rather
/// than for speed: each stored object that a region touches is fetched whole, at every read anew. Not thread-safe.
/// </summary>
public sealed class ArrayReader : IDisposable
{
    private readonly Func<string, byte[]?> _get;
    private readonly string _prefix;
    private readonly long[] _gridShape;
    private readonly long[] _chunkShape;
    private readonly int _elementBytes;
    private readonly int _chunkBytes;
    private readonly IChunkDecoder _decoder;
    private NativeBuffer? _chunk;
    private bool _disposed;

    private ArrayReader(Func<string, byte[]?> get, string prefix, ArrayMetadata metadata, ImmutableArray<long> shape)
    {
        _get = get;
        _prefix = prefix;
        Metadata = metadata;
        Shape = shape;
        _gridShape = [.. metadata.GridShape];
        _chunkShape = [.. metadata.ChunkShape.Select(length => (long)length)];
        _elementBytes = metadata.DataType.Size();
        _chunkBytes = metadata.ChunkBytes;
        _decoder = new ChunkCodec(metadata.Compression, metadata.Checksum, metadata.DataType).CreateDecoder(_chunkBytes);
    }

    public ArrayMetadata Metadata { get; }

    /// <summary>Elements along each axis when the array was opened.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Reads the metadata of an array.</summary>
    /// <param name="get">
    /// Gives the whole object of a key, or null when there is none. Used until the reader is disposed of.
    /// </param>
    /// <param name="path">The array's key prefix without a closing '/', empty at the root.</param>
    /// <exception cref="ZarrFormatException">There is no array, or its metadata is not valid or not supported.</exception>
    public static ArrayReader Open(Func<string, byte[]?> get, string path)
    {
        ArgumentNullException.ThrowIfNull(get);
        ArgumentNullException.ThrowIfNull(path);
        var prefix = path.Length == 0 ? "" : path + "/";
        var json = get(prefix + ArrayMetadata.Key)
            ?? throw new ZarrFormatException($"There is no \"{prefix}{ArrayMetadata.Key}\".");
        var (metadata, shape) = ArrayMetadata.Parse(json);
        return new ArrayReader(get, prefix, metadata, shape);
    }

    /// <summary>All elements in C order, little-endian.</summary>
    /// <exception cref="InvalidOperationException">They do not fit into one managed array.</exception>
    /// <exception cref="ZarrFormatException">A stored object is damaged.</exception>
    public byte[] ReadAll()
    {
        var bytes = checked(ChunkGrid.Elements(Shape.AsSpan()) * _elementBytes);
        if (bytes > Array.MaxLength)
            throw new InvalidOperationException($"The array has {bytes} bytes; read it in regions.");
        var all = new byte[bytes];
        Read(new long[Shape.Length], Shape.AsSpan(), all);
        return all;
    }

    /// <summary>Reads a region; what was never written has the fill value.</summary>
    /// <param name="origin">First element along each axis.</param>
    /// <param name="size">Elements along each axis; the region must lie inside the array.</param>
    /// <param name="destination">Receives the elements in C order, little-endian; exactly as long as they are.</param>
    /// <exception cref="ArgumentException">The region or the destination does not fit.</exception>
    /// <exception cref="ZarrFormatException">A stored object is damaged.</exception>
    public void Read(ReadOnlySpan<long> origin, ReadOnlySpan<long> size, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        CheckRegion(origin, size, destination.Length);
        var region = new Box(origin.ToArray(), size.ToArray());
        Metadata.FillValue.Fill(destination, Metadata.DataType);
        foreach (var cell in region.CellsTouched(_gridShape))
        {
            var key = _prefix + ChunkGrid.Key(cell);
            if (_get(key) is not { } stored)
                continue;
            try
            {
                ReadObject(stored, cell, region, destination);
            }
            catch (Exception e) when (e is CodecException or ZarrFormatException)
            {
                throw new ZarrFormatException($"The object \"{key}\" is damaged. {e.Message}", e);
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _decoder.Dispose();
        _chunk?.Dispose();
    }

    private void CheckRegion(ReadOnlySpan<long> origin, ReadOnlySpan<long> size, int destinationBytes)
    {
        if (origin.Length != Shape.Length || size.Length != Shape.Length)
            throw new ArgumentException($"The region has {origin.Length} and {size.Length} axes, the array {Shape.Length}.");
        Int128 bytes = _elementBytes;
        for (var axis = 0; axis < size.Length; axis++)
        {
            if (origin[axis] < 0 || size[axis] < 0 || size[axis] > Shape[axis] - origin[axis])
            {
                throw new ArgumentException(
                    $"The region from {origin[axis]} with {size[axis]} elements leaves axis {axis} of {Shape[axis]}.");
            }

            bytes *= size[axis];
        }

        if (bytes != destinationBytes)
            throw new ArgumentException($"The destination has {destinationBytes} bytes and the region {bytes}.");
    }

    private void ReadObject(ReadOnlySpan<byte> stored, long[] cell, Box region, Span<byte> destination)
    {
        var box = Box.OfCell(cell, _gridShape);
        if (!Metadata.IsSharded)
        {
            ReadChunk(stored, box, region, destination);
            return;
        }

        var entries = ReadIndex(stored);
        var chunksInShard = new ChunkGrid(_gridShape, _chunkShape);
        var inner = new long[cell.Length];
        foreach (var chunk in box.Intersect(region).CellsTouched(_chunkShape))
        {
            for (var axis = 0; axis < inner.Length; axis++)
                inner[axis] = chunk[axis] - cell[axis] * Metadata.ShardShapeInChunks[axis];
            if (ShardIndex.Locate(entries, (int)chunksInShard.LinearIndex(inner), stored.Length) is var (offset, length))
                ReadChunk(stored.Slice((int)offset, (int)length), Box.OfCell(chunk, _chunkShape), region, destination);
        }
    }

    private ulong[] ReadIndex(ReadOnlySpan<byte> shard)
    {
        var chunks = Metadata.ChunksPerShard;
        var bytes = ShardIndex.SizeInBytes(chunks);
        if (bytes > shard.Length)
            throw new ZarrFormatException($"A shard of {shard.Length} bytes cannot hold an index of {bytes}.");
        var entries = new ulong[chunks * ShardIndex.NumbersPerChunk];
        ShardIndex.Decode(Metadata.ShardIndexLocation == ShardIndexLocation.Start ? shard[..bytes] : shard[^bytes..], entries);
        return entries;
    }

    private void ReadChunk(ReadOnlySpan<byte> encoded, Box box, Box region, Span<byte> destination)
    {
        _chunk ??= new NativeBuffer(_chunkBytes);
        var chunk = _chunk.Span(_chunkBytes);
        _decoder.Decode(encoded, chunk);
        Box.CopyShared(chunk, box, destination, region, _elementBytes);
    }
}
