using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>Reads the <c>zarr.json</c> of an array and makes sure that its parts fit together.</summary>
internal static class ArrayMetadataReader
{
    /// <summary>More axes are not read, so that hostile shapes stay small.</summary>
    private const int MaxRank = 32;

    private static readonly string[] KnownMembers =
    [
        "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs",
        "attributes", "dimension_names", "storage_transformers",
    ];

    internal static (ArrayMetadata Metadata, ImmutableArray<long> Shape) Read(ReadOnlyMemory<byte> json)
    {
        using var document = NodeJson.Parse(json, "array", KnownMembers);
        var root = document.RootElement;
        var shape = root.Lengths("shape", min: 0);
        if (shape.Length is 0 or > MaxRank)
            throw new ZarrFormatException($"The shape has {shape.Length} axes; 1 to {MaxRank} are supported.");

        var type = ReadDataType(root);
        CheckChunkKeyEncoding(root.Member("chunk_key_encoding"));
        if (root.OptionalMember("storage_transformers") is { } list && list.Items("storage_transformers").Length > 0)
            throw new ZarrFormatException("Storage transformers are not supported.");
        var metadata = ReadCodecs(root.Member("codecs"), ReadGridShape(root.Member("chunk_grid"), shape.Length), type) with
        {
            FillValue = FillValue.Parse(root.Member("fill_value"), type),
            DimensionNames = ReadDimensionNames(root, shape.Length),
            Attributes = NodeJson.ReadAttributes(root),
        };
        CheckSizes(metadata, shape);
        return (metadata, [.. shape]);
    }

    private static DataType ReadDataType(JsonElement root)
    {
        var name = root.Member("data_type").Name("data_type");
        return DataTypes.TryParse(name, out var type)
            ? type
            : throw new ZarrFormatException(
                $"The data_type \"{name}\" is not supported; known are {string.Join(", ", DataTypes.Names)}.");
    }

    private static long[] ReadGridShape(JsonElement grid, int rank)
    {
        var name = grid.Name("chunk_grid");
        if (name != "regular")
            throw new ZarrFormatException($"The chunk_grid \"{name}\" is not supported; only \"regular\" is.");
        return ReadChunkShape(grid.Configuration("chunk_grid"), rank);
    }

    private static long[] ReadChunkShape(JsonElement configuration, int rank)
    {
        var shape = configuration.Lengths("chunk_shape", min: 1);
        return shape.Length == rank
            ? shape
            : throw new ZarrFormatException($"The chunk_shape has {shape.Length} axes and the array {rank}.");
    }

    private static void CheckChunkKeyEncoding(JsonElement encoding)
    {
        var name = encoding.Name("chunk_key_encoding");
        var separator = encoding.OptionalMember("configuration") is { } configuration
            && configuration.OptionalMember("separator") is not null
                ? configuration.Text("separator")
                : "/";
        if (name != "default" || separator != "/")
        {
            throw new ZarrFormatException(
                $"The chunk_key_encoding \"{name}\" with \"{separator}\" is not supported; only \"default\" with \"/\" is.");
        }
    }

    private static ArrayMetadata ReadCodecs(JsonElement codecs, long[] gridShape, DataType type)
    {
        var chain = codecs.Items("codecs");
        if (chain.Length == 0 || chain[0].Name("codec") != "sharding_indexed")
            return Describe(codecs, gridShape, type);
        if (chain.Length > 1)
            throw new ZarrFormatException("Codecs behind \"sharding_indexed\" are not supported.");

        var configuration = chain[0].Configuration("codec");
        CheckIndexCodecs(configuration.Member("index_codecs"));
        var chunkShape = ReadChunkShape(configuration, gridShape.Length);
        return Describe(configuration.Member("codecs"), chunkShape, type) with
        {
            ShardShapeInChunks = DivideShard(gridShape, chunkShape),
            ShardIndexLocation = ReadIndexLocation(configuration),
        };
    }

    private static ArrayMetadata Describe(JsonElement codecs, long[] chunkShape, DataType type)
    {
        var codec = ChunkCodec.ParseJson(codecs, type);
        return new ArrayMetadata
        {
            DataType = type,
            ChunkShape = [.. chunkShape.Select(ToInt32)],
            Compression = codec.Compression,
            Checksum = codec.Checksum,
        };
    }

    private static ImmutableArray<int> DivideShard(long[] shardShape, long[] chunkShape)
    {
        for (var axis = 0; axis < shardShape.Length; axis++)
        {
            if (shardShape[axis] % chunkShape[axis] != 0)
            {
                throw new ZarrFormatException(
                    $"A shard of {shardShape[axis]} elements cannot be divided into chunks of {chunkShape[axis]}.");
            }
        }

        return [.. shardShape.Zip(chunkShape, (shard, chunk) => ToInt32(shard / chunk))];
    }

    private static void CheckIndexCodecs(JsonElement codecs)
    {
        var chain = codecs.Items("index_codecs");
        if (chain.Length != 2 || !ChunkCodecJson.IsBytesCodec(chain[0]) || !ChunkCodecJson.IsChecksumCodec(chain[1]))
            throw new ZarrFormatException("The index_codecs must be \"bytes\" and \"crc32c\".");
        ChunkCodecJson.CheckBytesCodec(chain[0], DataType.UInt64);
    }

    private static ShardIndexLocation ReadIndexLocation(JsonElement configuration)
    {
        if (configuration.OptionalMember("index_location") is null)
            return ShardIndexLocation.End;
        var location = configuration.Text("index_location");
        return location switch
        {
            "end" => ShardIndexLocation.End,
            "start" => ShardIndexLocation.Start,
            _ => throw new ZarrFormatException($"The index_location \"{location}\" is neither \"start\" nor \"end\"."),
        };
    }

    private static ImmutableArray<string?> ReadDimensionNames(JsonElement root, int rank)
    {
        if (root.OptionalMember("dimension_names") is not { ValueKind: not JsonValueKind.Null } list)
            return default;
        var names = list.Items("dimension_names");
        if (names.Length != rank)
            throw new ZarrFormatException($"There are {names.Length} dimension_names for {rank} axes.");
        return
        [
            .. names.Select(name => name.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => name.GetString(),
                _ => throw JsonReading.Expected("dimension_names", "texts or null", name),
            }),
        ];
    }

    private static int ToInt32(long length) => length <= int.MaxValue
        ? (int)length
        : throw new ZarrFormatException($"Chunks of {length} elements along an axis are not supported.");

    private static void CheckSizes(ArrayMetadata metadata, long[] shape)
    {
        try
        {
            _ = new ChunkCodec(metadata.Compression, metadata.Checksum, metadata.DataType).MaxEncodedBytes(metadata.ChunkBytes);
            _ = ShardIndex.SizeInBytes(metadata.ChunksPerShard);
            _ = checked(ChunkGrid.Elements(shape) * metadata.DataType.Size());
            var grid = new ChunkGrid(shape, metadata.GridShape.AsSpan());
            for (var axis = 0; axis < grid.Rank; axis++)
                _ = checked(grid.Counts[axis] * metadata.GridShape[axis]);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new ZarrFormatException("The array, its chunks or its shards are too large to be read.", e);
        }
    }
}
