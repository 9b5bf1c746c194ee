using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Acquisitions;

/// <summary>The codecs that are measured.</summary>
internal static class Codecs
{
    public static Compression Raw { get; } = new Compression.None();

    public static Compression Lz4 { get; } = Blosc(BloscCompressor.Lz4, 1, BloscShuffle.Byte);

    public static Compression BloscZstd { get; } = Blosc(BloscCompressor.Zstd, 1, BloscShuffle.Byte);

    public static Compression Zstd { get; } = new Compression.Zstd(1, Checksum: false);

    public static Compression.Blosc Blosc(BloscCompressor compressor, int level, BloscShuffle shuffle) =>
        new(compressor, level, shuffle, 0);
}
