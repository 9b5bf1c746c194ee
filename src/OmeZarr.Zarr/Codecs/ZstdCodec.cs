using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The <c>zstd</c> codec: one zstd frame for each chunk, with its content size and, if wanted, its checksum.</summary>
/// <seealso href="https://github.com/zarr-developers/zarr-extensions/tree/main/codecs/zstd"/>
internal sealed class ZstdEncoder(Compression.Zstd settings, int chunkBytes, CompressionLibraries libraries) : IChunkEncoder
{
    private readonly ContiguousChunk _contiguous = new(chunkBytes);
    private readonly ZstdCompressor _compressor = libraries.CreateZstdCompressor(settings.Level, settings.Checksum);

    /// <summary>The bound that zstd.h documents for incompressible data (ZSTD_COMPRESSBOUND).</summary>
    internal static long MaxEncodedBytes(int chunkBytes)
    {
        const int SmallBytes = 128 * 1024;
        return (long)chunkBytes + (chunkBytes >> 8) + (chunkBytes < SmallBytes ? SmallBytes - chunkBytes >> 11 : 0);
    }

    public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        ChunkArguments.CheckDestination(destination.Length, MaxEncodedBytes(chunkBytes));
        var result = _compressor.Compress(chunk, destination);
        if (ZstdResult.IsError(result))
            throw new CodecException($"zstd could not compress a chunk: {_compressor.ErrorName(result)}.");
        return (int)result;
    }

    public int Encode(in ChunkPixels rows, Span<byte> destination) => Encode(_contiguous.Of(rows), destination);

    public void Dispose()
    {
        _compressor.Dispose();
        _contiguous.Dispose();
    }
}

/// <summary>Decodes what <see cref="ZstdEncoder"/>, or any other zstd, made.</summary>
internal sealed class ZstdDecoder(int chunkBytes, CompressionLibraries libraries) : IChunkDecoder
{
    private readonly ZstdDecompressor _decompressor = libraries.CreateZstdDecompressor();

    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        var result = _decompressor.Decompress(encoded, chunk);
        if (ZstdResult.IsError(result))
            throw new CodecException($"The stored chunk is not valid zstd: {_decompressor.ErrorName(result)}.");
        if (result != (nuint)chunkBytes)
            throw new CodecException($"The stored chunk holds {result} bytes instead of {chunkBytes}.");
    }

    public void Dispose() => _decompressor.Dispose();
}
