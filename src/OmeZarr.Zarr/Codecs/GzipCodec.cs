using System.IO.Compression;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Codecs;

/// <summary>The <c>gzip</c> codec over the runtime's zlib.</summary>
/// <remarks>
/// The runtime offers deflate only as a stream that cannot be reset, so each chunk costs some small managed objects (about
/// 500 bytes; the stream's buffer is pooled) and zlib's own state. Calling the runtime's native zlib directly would avoid
/// both, but its entry points are no public contract. This is the one codec that allocates while encoding, beside zlib
/// inside Blosc.
/// </remarks>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/gzip/index.html"/>
internal sealed class GzipEncoder(Compression.Gzip settings, int chunkBytes) : IChunkEncoder
{
    private readonly ContiguousChunk _contiguous = new(chunkBytes);
    private readonly ZLibCompressionOptions _options = new() { CompressionLevel = settings.Level };
    private readonly MemorySpanStream _output = new();

    internal static long MaxEncodedBytes(int chunkBytes) => DeflateBound.MaxBytes(chunkBytes);

    public unsafe int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        ChunkArguments.CheckDestination(destination.Length, MaxEncodedBytes(chunkBytes));

        // SAFETY: the destination stays pinned while the stream holds its address, and the stream stops at its end.
        fixed (byte* to = destination)
        {
            _output.Attach(to, destination.Length);
            using (var gzip = new GZipStream(_output, _options, leaveOpen: true))
                gzip.Write(chunk);
            var length = _output.Detach();
            return length ?? throw new CodecException("gzip made more bytes than its worst case.");
        }
    }

    public int Encode(in ChunkPixels rows, Span<byte> destination) => Encode(_contiguous.Of(rows), destination);

    public void Dispose()
    {
        _output.Dispose();
        _contiguous.Dispose();
    }
}

/// <summary>Decodes what <see cref="GzipEncoder"/>, or any other gzip, made.</summary>
internal sealed class GzipDecoder(int chunkBytes) : IChunkDecoder
{
    private readonly MemorySpanStream _input = new();

    public unsafe void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);

        // SAFETY: the input stays pinned while the stream holds its address; it is only read, and never past its end.
        fixed (byte* from = encoded)
        {
            _input.Attach(from, encoded.Length);
            try
            {
                using var gzip = new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
                if (gzip.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false) != chunk.Length || gzip.ReadByte() >= 0)
                    throw new CodecException($"The stored chunk does not hold {chunkBytes} bytes.");
            }
            catch (InvalidDataException e)
            {
                throw new CodecException($"The stored chunk is not valid gzip: {e.Message}", e);
            }
            finally
            {
                _ = _input.Detach();
            }
        }
    }

    public void Dispose() => _input.Dispose();
}
