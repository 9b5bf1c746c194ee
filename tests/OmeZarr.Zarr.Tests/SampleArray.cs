using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr.Tests;

/// <summary>An array with random elements, written chunk by chunk in the plainest way, some chunks being left out.</summary>
internal sealed class SampleArray
{
    private const string Path = "a/b/";

    private readonly ArrayMetadata _metadata;
    private readonly Random _random;
    private readonly int _elementBytes;
    private readonly Dictionary<string, byte[]> _objects = [];

    internal SampleArray(ArrayMetadata metadata, long[] shape, int seed)
    {
        _metadata = metadata;
        _random = new Random(seed);
        _elementBytes = metadata.DataType.Size();
        Shape = shape;
        Expected = new byte[ChunkGrid.Elements(shape) * _elementBytes];
        _random.NextBytes(Expected);
        _objects[Path + ArrayMetadata.Key] = metadata.Encode(shape);
        WriteObjects();
    }

    internal long[] Shape { get; }

    internal byte[] Expected { get; }

    internal byte[]? Get(string key) => _objects.GetValueOrDefault(key);

    public override string ToString() =>
        $"{_metadata.DataType} [{string.Join(',', Shape)}] chunks [{string.Join(',', _metadata.ChunkShape)}]"
        + $" shards [{(_metadata.IsSharded ? string.Join(',', _metadata.ShardShapeInChunks) : "")}] {_metadata.Compression}";

    internal byte[] ExpectedRegion(long[] origin, long[] size)
    {
        var region = new List<byte>();
        ForEach(size, position =>
        {
            var element = position.Select((n, axis) => n + origin[axis]).ToArray();
            region.AddRange(Expected.AsSpan((int)ElementIndex(element) * _elementBytes, _elementBytes));
        });
        return [.. region];
    }

    /// <summary>Flips, cuts or lengthens every object but the metadata.</summary>
    internal void Damage(Random random)
    {
        foreach (var key in _objects.Keys.Where(key => !key.EndsWith(ArrayMetadata.Key, StringComparison.Ordinal)).ToList())
        {
            var bytes = _objects[key];
            _objects[key] = random.Next(3) switch
            {
                0 => bytes[..random.Next(bytes.Length)],
                1 => [.. bytes, 0],
                _ => Flip(bytes),
            };
        }

        byte[] Flip(byte[] bytes)
        {
            var flipped = (byte[])bytes.Clone();
            if (flipped.Length > 0)
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            return flipped;
        }
    }

    private void WriteObjects()
    {
        var gridShape = _metadata.GridShape.ToArray();
        var grid = new ChunkGrid(Shape, gridShape);
        var cell = new long[Shape.Length];
        for (long i = 0; i < grid.Count; i++)
        {
            grid.IndexOf(i, cell);
            var origin = cell.Select((n, axis) => n * gridShape[axis]).ToArray();
            var stored = _metadata.IsSharded ? Shard(origin, gridShape) : Chunk(origin);
            if (stored is not null)
                _objects[Path + ChunkGrid.Key(cell)] = stored;
        }
    }

    private byte[]? Shard(long[] origin, long[] shardShape)
    {
        var inner = new ChunkGrid(shardShape, [.. _metadata.ChunkShape.Select(n => (long)n)]);
        var entries = new ulong[inner.Count * 2];
        var start = _metadata.ShardIndexLocation == ShardIndexLocation.Start ? ShardIndex.SizeInBytes(inner.Count) : 0;
        var data = new List<byte>();
        var cell = new long[Shape.Length];
        for (var i = 0; i < inner.Count; i++)
        {
            inner.IndexOf(i, cell);
            var chunk = Chunk([.. cell.Select((n, axis) => origin[axis] + n * _metadata.ChunkShape[axis])]);
            entries[2 * i] = chunk is null ? ShardIndex.Empty : (ulong)(start + data.Count);
            entries[2 * i + 1] = chunk is null ? ShardIndex.Empty : (ulong)chunk.Length;
            data.AddRange(chunk ?? []);
        }

        var index = new byte[ShardIndex.SizeInBytes(inner.Count)];
        ShardIndex.Encode(entries, index);
        return start > 0 ? [.. index, .. data] : [.. data, .. index];
    }

    /// <summary>The encoded chunk, or null for one that is left out, in which case the fill value is expected.</summary>
    private byte[]? Chunk(long[] origin)
    {
        var fill = new byte[_elementBytes];
        _metadata.FillValue.Fill(fill, _metadata.DataType);
        var missing = _random.Next(5) == 0;
        var chunk = new List<byte>();
        ForEach([.. _metadata.ChunkShape.Select(n => (long)n)], position =>
        {
            var element = position.Select((n, axis) => origin[axis] + n).ToArray();
            if (element.Where((n, axis) => n >= Shape[axis]).Any())
            {
                chunk.AddRange(fill);
                return;
            }

            var bytes = Expected.AsSpan((int)ElementIndex(element) * _elementBytes, _elementBytes);
            if (missing)
                fill.CopyTo(bytes);
            chunk.AddRange(bytes);
        });
        return missing ? null : Encode([.. chunk]);
    }

    private byte[] Encode(byte[] chunk)
    {
        var codec = new ChunkCodec(_metadata.Compression, _metadata.Checksum, _metadata.DataType);
        using var encoder = codec.CreateEncoder(chunk.Length);
        var encoded = new byte[codec.MaxEncodedBytes(chunk.Length)];
        return encoded[..encoder.Encode(chunk, encoded)];
    }

    private long ElementIndex(long[] position) =>
        position.Zip(Shape).Aggregate(0L, (index, axis) => index * axis.Second + axis.First);

    private static void ForEach(long[] size, Action<long[]> action)
    {
        var position = new long[size.Length];
        var count = ChunkGrid.Elements(size);
        for (long i = 0; i < count; i++)
        {
            var rest = i;
            for (var axis = size.Length - 1; axis >= 0; axis--)
                (rest, position[axis]) = Math.DivRem(rest, size[axis]);
            action(position);
        }
    }
}
