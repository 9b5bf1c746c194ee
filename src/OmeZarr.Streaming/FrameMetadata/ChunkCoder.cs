using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Encodes and decodes chunks of one size and type, in its own memory, which is allocated on first use. One thread at a time.
/// </summary>
internal sealed class ChunkCoder(Compression compression, DataType type, int chunkBytes) : IDisposable
{
    private readonly ChunkCodec _codec = new(compression, checksum: false, type);
    private IChunkEncoder? _encoder;
    private IChunkDecoder? _decoder;
    private NativeBuffer? _source;
    private NativeBuffer? _encoded;

    /// <summary>Receives the chunk to be encoded.</summary>
    public Span<byte> Source => (_source ??= new NativeBuffer(chunkBytes)).Span(chunkBytes);

    /// <summary>The most memory that it holds, in bytes.</summary>
    public static long BytesFor(Compression compression, DataType type, int chunkBytes)
    {
        var codec = new ChunkCodec(compression, checksum: false, type);
        return checked(codec.EncoderBytes(chunkBytes) + NativeBuffer.AlignUp(chunkBytes)
            + NativeBuffer.AlignUp(codec.MaxEncodedBytes(chunkBytes)));
    }

    /// <summary>Encodes <see cref="Source"/>; the result is valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        var most = _codec.MaxEncodedBytes(chunkBytes);
        var encoded = (_encoded ??= new NativeBuffer(most)).Span(most);
        return encoded[..(_encoder ??= _codec.CreateEncoder(chunkBytes)).Encode(Source, encoded)];
    }

    /// <summary>Decodes a chunk.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk) =>
        (_decoder ??= _codec.CreateDecoder(chunkBytes)).Decode(encoded, chunk);

    public void Dispose()
    {
        _encoder?.Dispose();
        _decoder?.Dispose();
        _source?.Dispose();
        _encoded?.Dispose();
    }
}
