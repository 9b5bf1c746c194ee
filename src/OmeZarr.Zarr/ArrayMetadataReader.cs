using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>Reads the <c>zarr.json</c> of an array and makes sure that its parts fit together.</summary>
internal static class ArrayMetadataReader
{
    internal static (ArrayMetadata Metadata, ImmutableArray<long> Shape) Read(ReadOnlyMemory<byte> json)
    {
        using var document = ArrayJson.Parse(json, out var shape);
        var root = document.RootElement;

        var type = ReadDataType(root);
        CheckChunkKeyEncoding(root.Member("chunk_key_encoding"));
        if (root.OptionalMember("storage_transformers") is { } list && list.Items("storage_transformers").Length > 0)
            throw new ZarrFormatException("Storage transformers are not supported.");
        var metadata = ReadCodecs(root.Member("codecs"), ArrayJson.ReadGrid(root.Member("chunk_grid"), shape.Length), type) with
        {
            FillValue = FillValue.Parse(root.Member("fill_value"), type),
            DimensionNames = ArrayJson.ReadDimensionNames(root, shape.Length),
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
        var chunkShape = ArrayJson.ReadChunkShape(configuration, gridShape.Length);
        return Describe(configuration.Member("codecs"), chunkShape, type) with
        {
            ShardShapeInChunks = DivideShard(gridShape, chunkShape),
            ShardIndexLocation = ArrayJson.ReadIndexLocation(configuration),
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
