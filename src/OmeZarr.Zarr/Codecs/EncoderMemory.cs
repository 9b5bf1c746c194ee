using OmeZarr.Memory;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The memory that an encoder holds for its contexts and scratch blocks, known before it is made.</summary>
internal static class EncoderMemory
{
    /// <summary>
    /// deflateInit's window, chains and buffers at the default memory level, and the runtime's stream around them.
    /// </summary>
    private const long DeflateBytes = 512 * 1024;

    /// <summary>Bytes of native and managed memory, an upper bound.</summary>
    public static long Of(Compression compression, int typeSize, int chunkBytes, CompressionLibraries libraries)
    {
        var contiguousBytes = NativeBuffer.AlignUp(chunkBytes);
        return compression switch
        {
            Compression.Zstd zstd => libraries.ZstdCompressorBytes(zstd.Level, chunkBytes) + contiguousBytes,
            Compression.Gzip => DeflateBytes + contiguousBytes,
            Compression.Blosc blosc => BloscBytes(
                blosc, BloscEncoder.BlockBufferBytes(new BloscPlan(blosc, typeSize, chunkBytes)), libraries),
            _ => 0,
        };
    }

    private static long BloscBytes(Compression.Blosc blosc, int blockBytes, CompressionLibraries libraries) =>
        NativeBuffer.AlignUp(blockBytes) + blosc.Compressor switch
        {
            BloscCompressor.Lz4 => NativeBuffer.AlignUp(libraries.Lz4CompressorBytes),
            BloscCompressor.Lz4Hc => NativeBuffer.AlignUp(libraries.Lz4HcCompressorBytes),
            BloscCompressor.Zstd => libraries.ZstdCompressorBytes(StreamCompressor.ZstdLevel(blosc.Level), blockBytes)
                + (StreamCompressor.MayUseEntropy(blosc) ? NoiseAwareZstdBytes(blockBytes, libraries) : 0),
            _ => DeflateBytes + blockBytes,
        };

    /// <summary>The contexts beside the one of the level: a quick one, and that of the entropy coder.</summary>
    private static long NoiseAwareZstdBytes(int blockBytes, CompressionLibraries libraries) =>
        2 * libraries.ZstdCompressorBytes(1, blockBytes);
}
