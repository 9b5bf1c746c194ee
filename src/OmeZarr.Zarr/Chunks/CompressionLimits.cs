namespace OmeZarr.Zarr.Chunks;

/// <summary>The ranges of the settings in <see cref="Compression"/>.</summary>
public static class CompressionLimits
{
    public const int MinBloscLevel = 0;
    public const int MaxBloscLevel = 9;
    public const int MinZstdLevel = -7;
    public const int MaxZstdLevel = 22;
    public const int MinGzipLevel = 0;
    public const int MaxGzipLevel = 9;

    /// <summary>Refuses settings outside their range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting, its value and what is allowed.</exception>
    public static void Check(Compression compression)
    {
        switch (compression)
        {
            case Compression.Blosc blosc:
                CheckRange("Blosc level", blosc.Level, MinBloscLevel, MaxBloscLevel);
                CheckRange("Blosc block size", blosc.BlockSize, 0, int.MaxValue);
                CheckRange("Blosc compressor", (int)blosc.Compressor, (int)BloscCompressor.Lz4, (int)BloscCompressor.Zlib);
                CheckRange("Blosc shuffle", (int)blosc.Shuffle, (int)BloscShuffle.None, (int)BloscShuffle.Bit);
                break;
            case Compression.Zstd zstd:
                CheckRange("zstd level", zstd.Level, MinZstdLevel, MaxZstdLevel);
                break;
            case Compression.Gzip gzip:
                CheckRange("gzip level", gzip.Level, MinGzipLevel, MaxGzipLevel);
                break;
        }
    }

    private static void CheckRange(string setting, int value, int min, int max)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(nameof(value), value, $"The {setting} must be from {min} to {max}.");
    }
}
