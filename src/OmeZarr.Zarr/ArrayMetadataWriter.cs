using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Zarr;

/// <summary>Writes the <c>zarr.json</c> of an array.</summary>
internal static class ArrayMetadataWriter
{
    internal static byte[] Write(ArrayMetadata metadata, ReadOnlySpan<long> shape)
    {
        Check(metadata, shape);
        var output = new ArrayBufferWriter<byte>();
        using var writer = NodeJson.Start(output, "array");
        WriteLengths(writer, "shape", shape);
        writer.WriteString("data_type", metadata.DataType.Name());
        WriteChunkGrid(writer, metadata.GridShape);
        WriteChunkKeyEncoding(writer);
        writer.WritePropertyName("fill_value");
        metadata.FillValue.Write(writer, metadata.DataType);
        WriteCodecs(writer, metadata);
        WriteDimensionNames(writer, metadata.DimensionNames);
        NodeJson.Finish(writer, metadata.Attributes);
        return output.WrittenSpan.ToArray();
    }

    private static void Check(ArrayMetadata metadata, ReadOnlySpan<long> shape)
    {
        var rank = shape.Length;
        if (rank == 0 || metadata.ChunkShape.Length != rank)
            throw new ArgumentException($"A shape of {rank} axes cannot have chunks of {metadata.ChunkShape.Length}.");
        if (metadata.IsSharded && metadata.ShardShapeInChunks.Length != rank)
            throw new ArgumentException($"A shape of {rank} axes cannot have shards of {metadata.ShardShapeInChunks.Length}.");
        if (!metadata.DimensionNames.IsDefault && metadata.DimensionNames.Length != rank)
            throw new ArgumentException($"A shape of {rank} axes cannot have {metadata.DimensionNames.Length} names.");
        _ = new ChunkGrid(shape, metadata.GridShape.AsSpan());
    }

    private static void WriteChunkGrid(Utf8JsonWriter writer, ImmutableArray<long> chunkShape)
    {
        writer.WriteStartObject("chunk_grid");
        writer.WriteString("name", "regular");
        writer.WriteStartObject("configuration");
        WriteLengths(writer, "chunk_shape", chunkShape.AsSpan());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteChunkKeyEncoding(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("chunk_key_encoding");
        writer.WriteString("name", "default");
        writer.WriteStartObject("configuration");
        writer.WriteString("separator", "/");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCodecs(Utf8JsonWriter writer, ArrayMetadata metadata)
    {
        var codec = new ChunkCodec(metadata.Compression, metadata.Checksum, metadata.DataType);
        writer.WritePropertyName("codecs");
        if (!metadata.IsSharded)
        {
            codec.WriteJson(writer);
            return;
        }

        writer.WriteStartArray();
        writer.WriteStartObject();
        writer.WriteString("name", "sharding_indexed");
        writer.WriteStartObject("configuration");
        writer.WriteStartArray("chunk_shape");
        foreach (var length in metadata.ChunkShape)
            writer.WriteNumberValue(length);
        writer.WriteEndArray();
        writer.WritePropertyName("codecs");
        codec.WriteJson(writer);
        writer.WriteStartArray("index_codecs");
        ChunkCodecJson.WriteBytesCodec(writer, DataType.UInt64);
        ChunkCodecJson.WriteChecksumCodec(writer);
        writer.WriteEndArray();
        writer.WriteString("index_location", metadata.ShardIndexLocation == ShardIndexLocation.Start ? "start" : "end");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteDimensionNames(Utf8JsonWriter writer, ImmutableArray<string?> names)
    {
        if (names.IsDefault)
            return;
        writer.WriteStartArray("dimension_names");
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    private static void WriteLengths(Utf8JsonWriter writer, string key, ReadOnlySpan<long> lengths)
    {
        writer.WriteStartArray(key);
        foreach (var length in lengths)
            writer.WriteNumberValue(length);
        writer.WriteEndArray();
    }
}
