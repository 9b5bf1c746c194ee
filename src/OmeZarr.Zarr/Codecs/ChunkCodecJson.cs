using System.Text.Json;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The <c>codecs</c> member of <c>zarr.json</c> for chains of <c>[bytes, compressor, crc32c]</c>.</summary>
internal static class ChunkCodecJson
{
    private const string BytesCodec = "bytes";
    private const string BloscCodec = "blosc";
    private const string ZstdCodec = "zstd";
    private const string GzipCodec = "gzip";
    private const string ChecksumCodec = "crc32c";

    /// <summary>In the order of <see cref="BloscCompressor"/>.</summary>
    private static readonly string[] BloscCompressors = ["lz4", "lz4hc", "zstd", "zlib"];

    /// <summary>In the order of <see cref="BloscShuffle"/>.</summary>
    private static readonly string[] BloscShuffles = ["noshuffle", "shuffle", "bitshuffle"];

    internal static void Write(Utf8JsonWriter writer, ChunkCodec codec)
    {
        writer.WriteStartArray();
        WriteBytesCodec(writer, codec.DataType);
        WriteCompressor(writer, codec);
        if (codec.Checksum)
            WriteChecksumCodec(writer);
        writer.WriteEndArray();
    }

    /// <summary>Elements of one byte have no byte order, and strict readers refuse one.</summary>
    internal static void WriteBytesCodec(Utf8JsonWriter writer, DataType type)
    {
        writer.WriteStartObject();
        writer.WriteString("name", BytesCodec);
        if (type.Size() > 1)
        {
            writer.WriteStartObject("configuration");
            writer.WriteString("endian", "little");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    internal static void WriteChecksumCodec(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", ChecksumCodec);
        writer.WriteEndObject();
    }

    internal static ChunkCodec Parse(JsonElement codecs, DataType type)
    {
        var chain = codecs.Items("codecs");
        if (chain.Length == 0 || chain[0].Name("codec") != BytesCodec)
            throw new ZarrFormatException($"The codecs must begin with \"{BytesCodec}\".");
        CheckBytesCodec(chain[0], type);

        Compression compression = new Compression.None();
        var checksum = false;
        for (var i = 1; i < chain.Length; i++)
        {
            var name = chain[i].Name("codec");
            if (name == ChecksumCodec && i == chain.Length - 1)
                checksum = true;
            else if (i == 1)
                compression = ParseCompressor(name, chain[i]);
            else
                throw new ZarrFormatException($"The codec \"{name}\" is not supported as number {i + 1} of the chain.");
        }

        try
        {
            return new ChunkCodec(compression, checksum, type);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ZarrFormatException($"A codec's configuration is not valid: {e.Message}", e);
        }
    }

    internal static void CheckBytesCodec(JsonElement codec, DataType type)
    {
        if (type.Size() == 1)
            return;
        var endian = codec.Configuration("codec").Text("endian");
        if (endian != "little")
            throw new ZarrFormatException($"The byte order \"{endian}\" is not supported; only \"little\" is.");
    }

    internal static bool IsChecksumCodec(JsonElement codec) => codec.Name("codec") == ChecksumCodec;

    internal static bool IsBytesCodec(JsonElement codec) => codec.Name("codec") == BytesCodec;

    private static void WriteCompressor(Utf8JsonWriter writer, ChunkCodec codec)
    {
        switch (codec.Compression)
        {
            case Compression.Blosc blosc:
                WriteStart(writer, BloscCodec);
                writer.WriteString("cname", BloscCompressors[(int)blosc.Compressor]);
                writer.WriteNumber("clevel", blosc.Level);
                writer.WriteString("shuffle", BloscShuffles[(int)blosc.Shuffle]);
                writer.WriteNumber("typesize", codec.DataType.Size());
                writer.WriteNumber("blocksize", blosc.BlockSize);
                WriteEnd(writer);
                break;
            case Compression.Zstd zstd:
                WriteStart(writer, ZstdCodec);
                writer.WriteNumber("level", zstd.Level);
                writer.WriteBoolean("checksum", zstd.Checksum);
                WriteEnd(writer);
                break;
            case Compression.Gzip gzip:
                WriteStart(writer, GzipCodec);
                writer.WriteNumber("level", gzip.Level);
                WriteEnd(writer);
                break;
        }
    }

    private static void WriteStart(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartObject("configuration");
    }

    private static void WriteEnd(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static Compression ParseCompressor(string name, JsonElement codec) => name switch
    {
        BloscCodec => ParseBlosc(codec.Configuration("codec")),
        ZstdCodec => ParseZstd(codec.Configuration("codec")),
        GzipCodec => new Compression.Gzip(codec.Configuration("codec").Integer("level")),
        _ => throw new ZarrFormatException($"The codec \"{name}\" is not supported."),
    };

    private static Compression.Blosc ParseBlosc(JsonElement configuration) => new(
        (BloscCompressor)IndexOf("cname", configuration.Text("cname"), BloscCompressors),
        configuration.Integer("clevel"),
        (BloscShuffle)IndexOf("shuffle", configuration.Text("shuffle"), BloscShuffles),
        configuration.Integer("blocksize"));

    private static Compression.Zstd ParseZstd(JsonElement configuration) =>
        new(configuration.Integer("level"), configuration.Boolean("checksum", ifMissing: false));

    private static int IndexOf(string setting, string value, string[] allowed)
    {
        var index = Array.IndexOf(allowed, value);
        return index >= 0
            ? index
            : throw new ZarrFormatException(
                $"The {setting} \"{value}\" is not supported; known are {string.Join(", ", allowed)}.");
    }
}
