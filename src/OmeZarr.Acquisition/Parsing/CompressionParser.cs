using System.Text.Json;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>compression</c>: a name with usual parameters, or an object with all of them.</summary>
internal static class CompressionParser
{
    private const int ZstdLevel = 3;
    private const int GzipLevel = 5;
    private const int BloscLevel = 5;

    /// <summary>BLOSC_MAX_BLOCKSIZE of the Blosc format, in bytes.</summary>
    private const int MostBlockSize = 715_827_542;

    private static readonly (string Name, Compression Compression)[] ByName =
    [
        ("none", new Compression.None()),
        ("blosc-zstd", new Compression.Blosc(BloscCompressor.Zstd, ZstdLevel, BloscShuffle.Byte, 0)),
        ("blosc-lz4", new Compression.Blosc(BloscCompressor.Lz4, BloscLevel, BloscShuffle.Byte, 0)),
        ("zstd", new Compression.Zstd(ZstdLevel, Checksum: false)),
    ];

    /// <summary>The compression, and whether it asks for a crc32c.</summary>
    public static (Compression Compression, bool Checksum) Parse(SettingsObject json)
    {
        var none = (ByName[0].Compression, false);
        if (!json.TryGet("compression", out var value))
            return none;
        if (value.ValueKind == JsonValueKind.Object)
            return FromObject(json.Object("compression")!) ?? none;
        foreach (var (name, compression) in ByName)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(name))
                return (compression, false);
        }

        var names = SettingsObject.OneOf([.. ByName.Select(pair => pair.Name)]);
        json.Report("compression", names + ", or an object such as {\"name\": \"gzip\"}");
        return none;
    }

    private static (Compression, bool)? FromObject(SettingsObject json)
    {
        json.Require("name", "blosc, zstd, gzip or none");
        var checksum = json.Flag("checksum") ?? false;
        switch (json.Choice("name", ("blosc", 0), ("zstd", 1), ("gzip", 2), ("none", 3)))
        {
            case 0:
                Refuse(json, "blosc", "level");
                return (Blosc(json), checksum);
            case 1:
                Refuse(json, "zstd", "cname", "clevel", "shuffle", "blocksize", "effort");
                return (new Compression.Zstd((int?)json.Whole("level", -7, 22) ?? ZstdLevel, checksum), false);
            case 2:
                Refuse(json, "gzip", "cname", "clevel", "shuffle", "blocksize", "effort");
                return (new Compression.Gzip((int?)json.Whole("level", 0, 9) ?? GzipLevel), checksum);
            case 3:
                Refuse(json, "none", "level", "cname", "clevel", "shuffle", "blocksize", "effort");
                return (new Compression.None(), checksum);
            default:
                return null;
        }
    }

    private static Compression.Blosc Blosc(SettingsObject json)
    {
        var compressor = json.Choice(
            "cname",
            ("lz4", BloscCompressor.Lz4),
            ("lz4hc", BloscCompressor.Lz4Hc),
            ("zstd", BloscCompressor.Zstd),
            ("zlib", BloscCompressor.Zlib));
        var shuffle = json.Choice("shuffle", ("none", BloscShuffle.None), ("byte", BloscShuffle.Byte), ("bit", BloscShuffle.Bit));
        return new Compression.Blosc(
            compressor ?? BloscCompressor.Lz4,
            (int?)json.Whole("clevel", 1, 9) ?? BloscLevel,
            shuffle ?? BloscShuffle.Byte,
            (int?)json.Whole("blocksize", 0, MostBlockSize) ?? 0)
        {
            Effort = json.Choice("effort", ("adaptive", BloscEffort.Adaptive), ("exact", BloscEffort.Exact))
                ?? BloscEffort.Adaptive,
        };
    }

    private static void Refuse(SettingsObject json, string codec, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (json.TryGet(key, out _))
                json.Problems.Add(json.PathOf(key), $"has no meaning for {codec}");
        }
    }
}
