using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The <c>crc32c</c> codec around another: four bytes behind the encoded chunk.</summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/crc32c/index.html"/>
internal sealed class ChecksumEncoder(IChunkEncoder inner) : IChunkEncoder
{
    public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckDestination(destination.Length, Crc32C.SizeInBytes);
        return Seal(inner.Encode(chunk, destination[..^Crc32C.SizeInBytes]), destination);
    }

    public int Encode(in ChunkPixels rows, Span<byte> destination)
    {
        ChunkArguments.CheckDestination(destination.Length, Crc32C.SizeInBytes);
        return Seal(inner.Encode(rows, destination[..^Crc32C.SizeInBytes]), destination);
    }

    public void Dispose() => inner.Dispose();

    private static int Seal(int length, Span<byte> destination)
    {
        Crc32C.Write(destination[..length], destination[length..]);
        return length + Crc32C.SizeInBytes;
    }
}

/// <summary>Verifies the checksum before the chunk is decoded.</summary>
internal sealed class ChecksumDecoder(IChunkDecoder inner) : IChunkDecoder
{
    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        if (encoded.Length < Crc32C.SizeInBytes)
            throw new CodecException($"The stored chunk has {encoded.Length} bytes and so no crc32c.");
        var data = encoded[..^Crc32C.SizeInBytes];
        if (!Crc32C.Matches(data, encoded[^Crc32C.SizeInBytes..]))
            throw new CodecException("The stored chunk is damaged: its crc32c does not match.");
        inner.Decode(data, chunk);
    }

    public void Dispose() => inner.Dispose();
}
