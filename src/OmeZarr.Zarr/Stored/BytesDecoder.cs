using System.IO.Compression;
using OmeZarr.Zarr.Blosc;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Stored;

/// <summary>Undoes one codec on bytes that may be hostile. Not thread-safe.</summary>
internal abstract class BytesDecoder : IDisposable
{
    internal static BytesDecoder Create(BytesCodec codec) => codec switch
    {
        BytesCodec.Blosc => new Blosc(),
        BytesCodec.Zstd => new Zstd(),
        _ => new Gzip(),
    };

    /// <summary>Decodes as many bytes as there are, and returns how many.</summary>
    /// <exception cref="CodecException">They are not valid, or there are more than the destination has room for.</exception>
    internal abstract int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination);

    public abstract void Dispose();

    private static CodecException TooMany(int room) => new($"The stored chunk holds more than {room} bytes.");

    private sealed class Zstd : BytesDecoder
    {
        private readonly ZstdDecompressor _decompressor = CodecSelection.Libraries.CreateZstdDecompressor();

        internal override int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination)
        {
            var result = _decompressor.Decompress(encoded, destination);
            return !ZstdResult.IsError(result)
                ? (int)result
                : throw new CodecException($"The stored chunk is not valid zstd: {_decompressor.ErrorName(result)}.");
        }

        public override void Dispose() => _decompressor.Dispose();
    }

    /// <summary>The header says how many bytes a chunk holds; hardly ever another number than the one before.</summary>
    private sealed class Blosc : BytesDecoder
    {
        private BloscDecoder? _decoder;
        private int _bytes;

        internal override int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination)
        {
            var bytes = BloscHeader.Read(encoded).UncompressedBytes;
            if (bytes > destination.Length)
                throw TooMany(destination.Length);
            if (_decoder is null || bytes != _bytes)
            {
                _decoder?.Dispose();
                _decoder = new BloscDecoder(bytes, CodecSelection.Libraries);
                _bytes = bytes;
            }

            _decoder.Decode(encoded, destination[..bytes]);
            return bytes;
        }

        public override void Dispose() => _decoder?.Dispose();
    }

    private sealed unsafe class Gzip : BytesDecoder
    {
        private readonly MemorySpanStream _input = new();

        internal override int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination)
        {
            // SAFETY: the input stays pinned while the stream holds its address; it is only read, and never past its end.
            fixed (byte* from = encoded)
            {
                _input.Attach(from, encoded.Length);
                try
                {
                    using var gzip = new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
                    var bytes = gzip.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
                    return gzip.ReadByte() < 0 ? bytes : throw TooMany(destination.Length);
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

        public override void Dispose() => _input.Dispose();
    }
}
