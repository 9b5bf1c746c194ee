using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Tests.Codecs;

/// <summary>Compressions that between them reach every path of the codecs.</summary>
internal static class CompressionSamples
{
    internal static IEnumerable<Compression.Blosc> Blosc { get; } =
    [
        .. from compressor in Enum.GetValues<BloscCompressor>()
           from shuffle in Enum.GetValues<BloscShuffle>()
           from level in new[] { 1, 5, 9 }
           select new Compression.Blosc(compressor, level, shuffle, 0),
        new(BloscCompressor.Lz4, 0, BloscShuffle.Byte, 0),
        new(BloscCompressor.Lz4, 5, BloscShuffle.Byte, 1),
        new(BloscCompressor.Zstd, 3, BloscShuffle.Bit, 1000),
        new(BloscCompressor.Lz4, 5, BloscShuffle.Bit, 40_000),
    ];

    /// <summary>The same as c-blosc makes them.</summary>
    internal static IEnumerable<Compression.Blosc> ExactBlosc { get; } =
        [.. Blosc.Select(settings => settings with { Effort = BloscEffort.Exact })];

    internal static IEnumerable<Compression> All { get; } =
    [
        new Compression.None(),
        new Compression.Zstd(-7, false),
        new Compression.Zstd(1, true),
        new Compression.Zstd(3, false),
        new Compression.Zstd(19, true),
        new Compression.Gzip(0),
        new Compression.Gzip(1),
        new Compression.Gzip(6),
        new Compression.Gzip(9),
        .. Blosc,
        new Compression.Blosc(BloscCompressor.Lz4, 5, BloscShuffle.Byte, 0) { Effort = BloscEffort.Exact },
        new Compression.Blosc(BloscCompressor.Zstd, 3, BloscShuffle.Byte, 0) { Effort = BloscEffort.Exact },
    ];
}
