using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Tests;

/// <summary>
/// Writes an array as other writers may, with any codecs in any order that Zarr allows, in the plainest way: each codec makes an
/// array of bytes. Chunks of which all elements are the fill value are left out.
/// </summary>
internal sealed class OtherWriter
{
    private readonly Random _random;
    private readonly ElementType _type;
    private readonly long[] _chunkShape;
    private readonly List<Codec> _codecs;
    private readonly byte[] _fill;
    private readonly JsonObject _keys;
    private readonly string _prefix;

    internal OtherWriter(int seed, string path = "")
    {
        _random = new Random(seed);
        _prefix = path.Length == 0 ? "" : path + "/";
        _type = ElementType.All[_random.Next(ElementType.All.Count)];
        var rank = _random.Next(1, 5);
        Shape = [.. Enumerable.Range(0, rank).Select(_ => (long)_random.Next(rank > 2 ? 8 : 30))];
        _chunkShape = [.. Enumerable.Range(0, rank).Select(_ => (long)_random.Next(1, 7))];
        InnermostShape = _chunkShape;
        _codecs = Chain(_chunkShape, [.. Enumerable.Range(0, rank)], depth: 0);
        (_fill, var fill) = FillValue();
        FillJson = fill;
        _keys = Keys();
        Elements = MakeElements();
    }

    internal long[] Shape { get; }

    /// <summary>Of the smallest chunks, along the axes of the array.</summary>
    internal long[] InnermostShape { get; private set; }

    internal int ElementBytes => _type.Size;

    /// <summary>All elements in C order, little-endian.</summary>
    internal byte[] Elements { get; }

    private JsonNode FillJson { get; }

    internal JsonObject Metadata() => new()
    {
        ["zarr_format"] = 3,
        ["node_type"] = "array",
        ["shape"] = Numbers(Shape),
        ["data_type"] = _type.Name,
        ["chunk_grid"] = new JsonObject
        {
            ["name"] = "regular",
            ["configuration"] = new JsonObject { ["chunk_shape"] = Numbers(_chunkShape) },
        },
        ["chunk_key_encoding"] = _keys.DeepClone(),
        ["fill_value"] = FillJson.DeepClone(),
        ["codecs"] = Json(_codecs),
        ["attributes"] = new JsonObject(),
    };

    internal void WriteTo(MemoryStore store)
    {
        Put(store, _prefix + "zarr.json", Encoding.UTF8.GetBytes(Metadata().ToJsonString()));
        foreach (var cell in Cells([.. Shape.Zip(_chunkShape, (length, chunk) => (length + chunk - 1) / chunk)]))
        {
            var chunk = Part(Elements, Shape, [.. cell.Zip(_chunkShape, (i, length) => i * length)], _chunkShape);
            if (!IsAllFill(chunk))
                Put(store, KeyOf(cell), Encode(chunk, _chunkShape, _codecs));
        }
    }

    /// <summary>Whether a chunk of the smallest ones is stored, by its indices.</summary>
    internal bool IsStored(long[] index) =>
        !IsAllFill(Part(Elements, Shape, [.. index.Zip(InnermostShape, (i, length) => i * length)], InnermostShape));

    public override string ToString() => $"shape [{string.Join(", ", Shape)}] {Metadata().ToJsonString()}";

    internal static IEnumerable<long[]> Cells(long[] counts)
    {
        if (counts.Contains(0))
            yield break;
        var cell = new long[counts.Length];
        for (var axis = counts.Length - 1; axis >= 0;)
        {
            yield return (long[])cell.Clone();
            for (axis = counts.Length - 1; axis >= 0 && ++cell[axis] == counts[axis]; axis--)
                cell[axis] = 0;
        }
    }

    private static unsafe void Put(MemoryStore store, string key, byte[] value)
    {
        fixed (byte* first = value)
            store.Put(key, [new MemoryRange((nint)first, value.Length)], durable: false);
    }

    private JsonObject Keys() => _random.Next(4) switch
    {
        0 => new JsonObject { ["name"] = "default" },
        1 => new JsonObject { ["name"] = "v2" },
        2 => new JsonObject { ["name"] = "default", ["configuration"] = new JsonObject { ["separator"] = "." } },
        _ => new JsonObject { ["name"] = "v2", ["configuration"] = new JsonObject { ["separator"] = "/" } },
    };

    private string KeyOf(long[] cell)
    {
        var separator = (string?)_keys["configuration"]?["separator"] ?? ((string)_keys["name"]! == "v2" ? "." : "/");
        var indices = string.Join(separator, cell.Select(i => i.ToString(CultureInfo.InvariantCulture)));
        return _prefix + ((string)_keys["name"]! == "v2" ? indices : "c" + separator + indices);
    }

    private List<Codec> Chain(long[] shape, int[] from, int depth)
    {
        List<Codec> chain = [];
        for (var i = _random.Next(3); i > 0; i--)
        {
            var order = Enumerable.Range(0, shape.Length).ToArray();
            _random.Shuffle(order);
            chain.Add(new Codec.Transpose(order));
            shape = [.. order.Select(axis => shape[axis])];
            from = [.. order.Select(axis => from[axis])];
        }

        if (depth < 2 && _random.Next(2) == 0)
            chain.Add(Shard(shape, from, depth));
        else
            chain.AddRange([new Codec.Bytes(_random.Next(2) == 0), .. Compressors()]);
        return chain;
    }

    // The axes are seen as the transposes have left them; the array's own are those that they came from.
    private Codec.Sharding Shard(long[] seen, int[] from, int depth)
    {
        var inner = seen.Select(length => Divisors(length)[_random.Next(Divisors(length).Length)]).ToArray();
        InnermostShape = new long[inner.Length];
        for (var axis = 0; axis < inner.Length; axis++)
            InnermostShape[from[axis]] = inner[axis];
        return new Codec.Sharding(
            inner, Chain(inner, from, depth + 1), _random.Next(2) == 0, _random.Next(2) == 0, _random.Next(3));
    }

    private static long[] Divisors(long length) =>
        [.. Enumerable.Range(1, (int)length).Where(divisor => length % divisor == 0).Select(divisor => (long)divisor)];

    private IEnumerable<Codec> Compressors()
    {
        for (var i = _random.Next(4); i > 0; i--)
        {
            yield return _random.Next(4) switch
            {
                0 => new Codec.Checksum(),
                1 => new Codec.Compressor("gzip", new Compression.Gzip(1)),
                2 => new Codec.Compressor("zstd", new Compression.Zstd(1, _random.Next(2) == 0)),
                _ => new Codec.Compressor("blosc", new Compression.Blosc(
                    (BloscCompressor)_random.Next(4), _random.Next(10), (BloscShuffle)_random.Next(3), 0)),
            };
        }
    }

    private (byte[] Bytes, JsonNode Json) FillValue()
    {
        var bytes = new byte[_type.Size];
        if (_random.Next(2) == 0)
            _random.NextBytes(bytes);
        var half = _type.Size / 2;
        switch (_type.Kind)
        {
            case ElementKind.Boolean:
                bytes[0] &= 1;
                return (bytes, bytes[0] != 0);
            case ElementKind.Unsigned:
                return (bytes, (JsonNode)Number(bytes));
            case ElementKind.Signed:
                var unused = 64 - bytes.Length * 8;
                return (bytes, (JsonNode)((long)(Number(bytes) << unused) >> unused));
            case ElementKind.Float:
                return (bytes, Hex(bytes));
            default:
                return (bytes, new JsonArray(Hex(bytes[..half]), Hex(bytes[half..])));
        }

        static ulong Number(byte[] bytes)
        {
            var number = 0ul;
            for (var i = 0; i < bytes.Length; i++)
                number |= (ulong)bytes[i] << i * 8;
            return number;
        }

        static JsonNode Hex(byte[] bytes) => "0x" + Number(bytes).ToString("x" + bytes.Length * 2, CultureInfo.InvariantCulture);
    }

    private byte[] MakeElements()
    {
        var count = Shape.Aggregate(1L, (all, length) => all * length);
        var elements = new byte[count * _type.Size];
        _random.NextBytes(elements);
        if (_type.Kind == ElementKind.Boolean)
            elements = [.. elements.Select(value => (byte)(value & 1))];
        var blank = new HashSet<string>();
        long at = 0;
        foreach (var position in Cells(Shape))
        {
            var chunk = string.Join(',', position.Zip(InnermostShape, (i, length) => i / length));
            if (blank.Contains(chunk) || (!blank.Contains("-" + chunk) && blank.Add(_random.Next(4) == 0 ? chunk : "-" + chunk)
                && blank.Contains(chunk)))
                _fill.CopyTo(elements, at);
            at += _type.Size;
        }

        return elements;
    }

    private bool IsAllFill(byte[] elements)
    {
        for (var at = 0; at < elements.Length; at += _fill.Length)
        {
            if (!elements.AsSpan(at, _fill.Length).SequenceEqual(_fill))
                return false;
        }

        return true;
    }

    /// <summary>A box of an array; what lies beyond it is the fill value.</summary>
    private byte[] Part(byte[] elements, long[] shape, long[] origin, long[] size)
    {
        var part = new byte[size.Aggregate(1L, (all, length) => all * length) * _type.Size];
        var at = 0;
        foreach (var position in Cells(size))
        {
            long index = 0;
            var isInside = true;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                var element = origin[axis] + position[axis];
                isInside &= element < shape[axis];
                index = index * shape[axis] + element;
            }

            (isInside ? elements.AsSpan((int)index * _type.Size, _type.Size) : _fill).CopyTo(part.AsSpan(at));
            at += _type.Size;
        }

        return part;
    }

    private byte[] Encode(byte[] elements, long[] shape, List<Codec> chain)
    {
        var value = elements;
        foreach (var codec in chain)
        {
            switch (codec)
            {
                case Codec.Transpose transpose:
                    (value, shape) = Transposed(value, shape, transpose.Order);
                    break;
                case Codec.Sharding sharding:
                    value = EncodeShard(value, shape, sharding);
                    break;
                case Codec.Bytes { IsBig: true }:
                    value = Swapped(value);
                    break;
                case Codec.Checksum:
                    value = [.. value, .. ChecksumOf(value)];
                    break;
                case Codec.Compressor compressor:
                    value = Compressed(value, compressor.Settings);
                    break;
            }
        }

        return value;
    }

    private (byte[], long[]) Transposed(byte[] elements, long[] shape, int[] order)
    {
        long[] turned = [.. order.Select(axis => shape[axis])];
        var result = new byte[elements.Length];
        var at = 0;
        foreach (var position in Cells(turned))
        {
            var original = new long[shape.Length];
            for (var axis = 0; axis < order.Length; axis++)
                original[order[axis]] = position[axis];
            long index = 0;
            for (var axis = 0; axis < shape.Length; axis++)
                index = index * shape[axis] + original[axis];
            elements.AsSpan((int)index * _type.Size, _type.Size).CopyTo(result.AsSpan(at));
            at += _type.Size;
        }

        return (result, turned);
    }

    private byte[] EncodeShard(byte[] elements, long[] shape, Codec.Sharding sharding)
    {
        var cells = Cells([.. shape.Zip(sharding.Shape, (whole, part) => whole / part)]).ToArray();
        var index = new ulong[cells.Length * 2];
        Array.Fill(index, ulong.MaxValue);
        var indexBytes = index.Length * 8 + sharding.Checksums * 4;
        var data = new List<byte>();
        if (sharding.IsAtStart)
            data.AddRange(new byte[indexBytes]);
        var order = Enumerable.Range(0, cells.Length).ToArray();
        _random.Shuffle(order);
        foreach (var place in order)
        {
            var chunk = Part(elements, shape, [.. cells[place].Zip(sharding.Shape, (i, length) => i * length)], sharding.Shape);
            if (IsAllFill(chunk))
                continue;
            data.AddRange(new byte[_random.Next(3)]);
            var encoded = Encode(chunk, sharding.Shape, sharding.Inner);
            index[place * 2] = (ulong)data.Count;
            index[place * 2 + 1] = (ulong)encoded.Length;
            data.AddRange(encoded);
        }

        var footer = index.SelectMany(number => sharding.IsIndexBig
            ? BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number)) : BitConverter.GetBytes(number));
        for (var i = 0; i < sharding.Checksums; i++)
            footer = [.. footer, .. ChecksumOf([.. footer])];
        return sharding.IsAtStart ? [.. footer, .. data.Skip(indexBytes)] : [.. data, .. footer];
    }

    private byte[] Swapped(byte[] elements)
    {
        var unit = _type.Kind == ElementKind.Complex ? _type.Size / 2 : _type.Size;
        return [.. elements.Chunk(unit).SelectMany(Enumerable.Reverse)];
    }

    private static byte[] ChecksumOf(byte[] value)
    {
        var checksum = new byte[4];
        Crc32C.Write(value, checksum);
        return checksum;
    }

    private static byte[] Compressed(byte[] value, Compression settings)
    {
        if (settings is Compression.Gzip)
        {
            using var output = new MemoryStream();
            using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(value);
            return output.ToArray();
        }

        var codec = new ChunkCodec(settings, checksum: false, DataType.UInt8);
        using var encoder = codec.CreateEncoder(value.Length);
        var encoded = new byte[codec.MaxEncodedBytes(value.Length)];
        return encoded[..encoder.Encode(value, encoded)];
    }

    private static JsonArray Numbers<T>(IEnumerable<T> numbers) => new([.. numbers.Select(n => (JsonNode?)JsonValue.Create(n))]);

    private JsonArray Json(List<Codec> chain) => new([.. chain.Select(codec => (JsonNode?)Json(codec))]);

    private JsonObject Json(Codec codec) => codec switch
    {
        Codec.Transpose transpose => Named("transpose", new JsonObject { ["order"] = Numbers(transpose.Order) }),
        Codec.Bytes bytes => BytesJson(bytes.IsBig),
        Codec.Checksum => Named("crc32c", null),
        Codec.Compressor compressor => Named(compressor.Name, new JsonObject { ["level"] = 1 }),
        Codec.Sharding sharding => Named("sharding_indexed", new JsonObject
        {
            ["chunk_shape"] = Numbers(sharding.Shape),
            ["codecs"] = Json(sharding.Inner),
            ["index_codecs"] = new JsonArray(
            [
                BytesJson(sharding.IsIndexBig),
                .. Enumerable.Range(0, sharding.Checksums).Select(_ => (JsonNode)Named("crc32c", null)),
            ]),
            ["index_location"] = sharding.IsAtStart ? "start" : "end",
        }),
        _ => throw new InvalidOperationException(),
    };

    private static JsonObject BytesJson(bool isBig) => Named("bytes", new JsonObject { ["endian"] = isBig ? "big" : "little" });

    private static JsonObject Named(string name, JsonObject? configuration)
    {
        var json = new JsonObject { ["name"] = name };
        if (configuration is not null)
            json["configuration"] = configuration;
        return json;
    }

    private abstract record Codec
    {
        internal sealed record Transpose(int[] Order) : Codec;

        internal sealed record Bytes(bool IsBig) : Codec;

        internal sealed record Checksum : Codec;

        internal sealed record Compressor(string Name, Compression Settings) : Codec;

        internal sealed record Sharding(long[] Shape, List<Codec> Inner, bool IsAtStart, bool IsIndexBig, int Checksums) : Codec;
    }
}
