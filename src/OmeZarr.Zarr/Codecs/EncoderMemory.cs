using OmeZarr.Memory;
using OmeZarr.Zarr.Codecs.Blosc;
using OmeZarr.Zarr.Codecs.Native;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The memory that an encoder holds for its contexts and scratch blocks, known before it is made.</summary>
internal static class EncoderMemory
{
    // The match tables of liblz4's states, with room for alignment: LZ4_sizeofState() and LZ4_sizeofStateHC().
    private const long Lz4StateBytes = 32 * 1024;
    private const long Lz4HcStateBytes = 320 * 1024;

    /// <summary>
    /// deflateInit's window, chains and buffers at the default memory level, and the runtime's stream around them.
    /// </summary>
    private const long DeflateBytes = 512 * 1024;

    /// <summary>Bytes of native and managed memory, an upper bound.</summary>
    public static long Of(Compression compression, int typeSize, int chunkBytes) => compression switch
    {
        Compression.Zstd zstd => ZstdBytes(zstd.Level, chunkBytes) + NativeBuffer.AlignUp(chunkBytes),
        Compression.Gzip => DeflateBytes + NativeBuffer.AlignUp(chunkBytes),
        Compression.Blosc blosc => BloscBytes(blosc, new BloscPlan(blosc, typeSize, chunkBytes).BlockBytes),
        _ => 0,
    };

    private static long BloscBytes(Compression.Blosc blosc, int blockBytes) => NativeBuffer.AlignUp(blockBytes) + blosc.Compressor switch
    {
        BloscCompressor.Lz4 => Lz4StateBytes,
        BloscCompressor.Lz4Hc => Lz4HcStateBytes,
        BloscCompressor.Zstd => ZstdBytes(StreamCompressor.ZstdLevel(blosc.Level), blockBytes),
        _ => DeflateBytes + blockBytes,
    };

    private static long ZstdBytes(int level, int sourceBytes) =>
        (long)NativeZstd.EstimateContextBytes(NativeZstd.ParametersOf(level, (ulong)sourceBytes, 0));
}
