namespace OmeZarr.Zarr.Chunks;

/// <summary>
/// Encodes whole chunks of one size. Holds the codec's contexts and scratch memory, made once: encoding allocates nothing.
/// Not thread-safe: each worker has its own.
/// </summary>
public interface IChunkEncoder : IDisposable
{
    /// <summary>Encodes one chunk, with its checksum if there is one, and returns the number of bytes written.</summary>
    /// <param name="chunk">All bytes of the chunk, C order, little-endian; of the size the encoder was made for.</param>
    /// <param name="destination">At least <c>ChunkCodec.MaxEncodedBytes</c> long.</param>
    /// <exception cref="CodecException">The codec failed.</exception>
    int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination);

    /// <summary>
    /// Encodes one chunk that lies in pieces, to the same bytes as if it had been gathered before. What can be read where it
    /// lies is not copied first.
    /// </summary>
    /// <param name="rows">The chunk's rows; of the size the encoder was made for.</param>
    /// <param name="destination">At least <c>ChunkCodec.MaxEncodedBytes</c> long.</param>
    /// <exception cref="CodecException">The codec failed.</exception>
    int Encode(in ChunkPixels rows, Span<byte> destination);
}

/// <summary>Decodes whole chunks; for readers and tests. Not thread-safe.</summary>
public interface IChunkDecoder : IDisposable
{
    /// <summary>Decodes one chunk, verifying its checksum if there is one.</summary>
    /// <param name="encoded">The stored bytes; may be hostile.</param>
    /// <param name="chunk">Exactly the chunk's size.</param>
    /// <exception cref="CodecException">The bytes are not a valid encoding of a chunk of this size.</exception>
    void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk);
}

/// <summary>A codec failed, or stored bytes are damaged.</summary>
public sealed class CodecException : Exception
{
    public CodecException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
