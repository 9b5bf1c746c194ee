using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Codecs;

/// <summary>No compressor: the chunk's bytes as they are.</summary>
internal sealed class RawEncoder(int chunkBytes) : IChunkEncoder
{
    public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        ChunkArguments.CheckDestination(destination.Length, chunkBytes);
        chunk.CopyTo(destination);
        return chunkBytes;
    }

    public int Encode(in ChunkPixels rows, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(rows.ChunkBytes, chunkBytes);
        ChunkArguments.CheckDestination(destination.Length, chunkBytes);
        rows.CopyTo(destination);
        return chunkBytes;
    }

    public void Dispose()
    {
    }
}

/// <summary>Copies an uncompressed chunk.</summary>
internal sealed class RawDecoder(int chunkBytes) : IChunkDecoder
{
    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        if (encoded.Length != chunkBytes)
            throw new CodecException($"The stored chunk has {encoded.Length} bytes instead of {chunkBytes}.");
        encoded.CopyTo(chunk);
    }

    public void Dispose()
    {
    }
}
