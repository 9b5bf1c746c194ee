using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>
/// Reads a <c>codecs</c> member: any transposes, then <c>bytes</c> or <c>sharding_indexed</c>, then whatever turns bytes into
/// bytes. Transposes are worked into the layout, so that nobody has to move elements for them.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/index.html"/>
internal static class CodecChain
{
    private const string Transpose = "transpose";
    private const string Bytes = "bytes";
    private const string Sharding = "sharding_indexed";

    /// <summary>Shards in shards; more are not read, so that hostile documents stay small.</summary>
    private const int MaxDepth = 8;

    /// <summary>More are not read.</summary>
    private const int MaxCodecs = 16;

    private static readonly ElementType IndexNumber = ElementType.Of("uint64");

    /// <param name="codecs">The list.</param>
    /// <param name="shape">Elements along each axis of the array.</param>
    /// <param name="type">The elements' type.</param>
    internal static ChunkLayout Parse(JsonElement codecs, long[] shape, ElementType type)
    {
        try
        {
            return Parse(codecs, [.. shape], [.. Enumerable.Range(0, shape.Length)], type, depth: 0);
        }
        catch (OverflowException e)
        {
            throw new ZarrFormatException("The array's chunks or shards are too large to be read.", e);
        }
    }

    private static ChunkLayout Parse(
        JsonElement codecs, ImmutableArray<long> shape, ImmutableArray<int> order, ElementType type, int depth)
    {
        var chain = codecs.Items("codecs");
        if (chain.Length is 0 or > MaxCodecs)
            throw new ZarrFormatException($"There are {chain.Length} codecs in a chain; 1 to {MaxCodecs} are supported.");
        var next = 0;
        for (; next < chain.Length && chain[next].Name("codec") == Transpose; next++)
            order = Transposed(order, chain[next].Configuration("codec"));
        if (next == chain.Length)
            throw new ZarrFormatException($"A chain of codecs has neither \"{Bytes}\" nor \"{Sharding}\".");

        var layout = new ChunkLayout { Shape = shape, Order = order };
        switch (chain[next].Name("codec"))
        {
            case Bytes:
                CheckChunkBytes(checked(layout.Elements * type.Size));
                return layout with
                {
                    IsBigEndian = ReadIsBigEndian(chain[next], type),
                    Codecs = ReadBytesCodecs(chain.AsSpan(next + 1)),
                };
            case Sharding when chain.Length > next + 1:
                throw new ZarrFormatException(
                    $"The codec \"{chain[next + 1].Name("codec")}\" behind \"{Sharding}\" is not supported.");
            case Sharding:
                return layout with { Shard = ReadShard(chain[next].Configuration("codec"), layout, type, depth) };
            case var name:
                throw new ZarrFormatException(
                    $"The codec \"{name}\" is not supported here; known are \"{Transpose}\", \"{Bytes}\" and \"{Sharding}\".");
        }
    }

    /// <summary>Axis i of what comes out is axis <c>order[i]</c> of what goes in.</summary>
    private static ImmutableArray<int> Transposed(ImmutableArray<int> axes, JsonElement configuration)
    {
        var order = configuration.Lengths("order", min: 0);
        if (order.Length != axes.Length || !order.Order().SequenceEqual(Enumerable.Range(0, axes.Length).Select(i => (long)i)))
        {
            throw new ZarrFormatException(
                $"The order [{string.Join(", ", order)}] of \"{Transpose}\" does not name each of {axes.Length} axes once.");
        }

        return [.. order.Select(i => axes[(int)i])];
    }

    private static ShardLayout ReadShard(JsonElement configuration, ChunkLayout shard, ElementType type, int depth)
    {
        if (depth >= MaxDepth)
            throw new ZarrFormatException($"Shards are nested more than {MaxDepth} deep.");
        // The codec sees the axes as the transposes before it have left them.
        var seen = ArrayJson.ReadChunkShape(configuration, shard.Shape.Length);
        var chunkShape = new long[seen.Length];
        for (var i = 0; i < seen.Length; i++)
            chunkShape[shard.Order[i]] = seen[i];

        var counts = Divide(shard.Shape, chunkShape);
        var count = ChunkGrid.Elements(counts.AsSpan());
        _ = checked((int)(count * ShardIndex.NumbersPerChunk * sizeof(ulong) + MaxCodecs * sizeof(uint)));
        var (isBigEndian, checksums) = ReadIndexCodecs(configuration.Member("index_codecs"));
        return new ShardLayout
        {
            Chunk = Parse(configuration.Member("codecs"), [.. chunkShape], shard.Order, type, depth + 1),
            Counts = counts,
            Count = (int)count,
            IndexLocation = ArrayJson.ReadIndexLocation(configuration),
            IsIndexBigEndian = isBigEndian,
            IndexChecksums = checksums,
        };
    }

    private static ImmutableArray<long> Divide(ImmutableArray<long> shard, long[] chunk)
    {
        for (var axis = 0; axis < chunk.Length; axis++)
        {
            if (shard[axis] % chunk[axis] != 0)
            {
                throw new ZarrFormatException(
                    $"A shard of {shard[axis]} elements cannot be divided into chunks of {chunk[axis]}.");
            }
        }

        return [.. shard.Zip(chunk, (whole, part) => whole / part)];
    }

    /// <summary>Only codecs of a fixed size are allowed there, since a reader must know where the index begins.</summary>
    private static (bool IsBigEndian, int Checksums) ReadIndexCodecs(JsonElement codecs)
    {
        var chain = codecs.Items("index_codecs");
        if (chain.Length is 0 or > MaxCodecs || chain[0].Name("codec") != Bytes)
            throw new ZarrFormatException($"The index_codecs must begin with \"{Bytes}\".");
        foreach (var codec in ReadBytesCodecs(chain.AsSpan(1)))
        {
            if (codec != BytesCodec.Crc32C)
                throw new ZarrFormatException($"The codec \"{codec.Name()}\" is not supported for the index of shards.");
        }

        return (ReadIsBigEndian(chain[0], IndexNumber), chain.Length - 1);
    }

    private static bool ReadIsBigEndian(JsonElement codec, ElementType type)
    {
        if (type.Size == 1)
            return false;
        var endian = codec.Configuration("codec").Text("endian");
        return endian switch
        {
            "little" => false,
            "big" => true,
            _ => throw new ZarrFormatException($"The endian \"{endian}\" is neither \"little\" nor \"big\"."),
        };
    }

    private static ImmutableArray<BytesCodec> ReadBytesCodecs(ReadOnlySpan<JsonElement> chain)
    {
        var codecs = ImmutableArray.CreateBuilder<BytesCodec>(chain.Length);
        foreach (var codec in chain)
        {
            var name = codec.Name("codec");
            codecs.Add(BytesCodecs.Of(name) ?? throw new ZarrFormatException($"The codec \"{name}\" is not supported."));
        }

        return codecs.MoveToImmutable();
    }

    private static void CheckChunkBytes(long bytes)
    {
        if (bytes > int.MaxValue)
            throw new ZarrFormatException($"Chunks of {bytes} bytes are not supported; {int.MaxValue} is the limit.");
    }
}
