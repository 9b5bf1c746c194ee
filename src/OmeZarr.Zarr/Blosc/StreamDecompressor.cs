using System.IO.Compression;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Decompresses the streams of Blosc blocks, which may be hostile. Not thread-safe.</summary>
internal abstract class StreamDecompressor : IDisposable
{
    /// <exception cref="CodecException">The format is not one that is offered.</exception>
    internal static StreamDecompressor Create(BloscFormat format, CompressionLibraries libraries) => format switch
    {
        BloscFormat.Lz4 => new Lz4(libraries),
        BloscFormat.Zstd => new Zstd(libraries.CreateZstdDecompressor()),
        BloscFormat.Zlib => new Zlib(),
        _ => throw new CodecException($"The Blosc chunk is compressed with {format}, which is not supported."),
    };

    /// <summary>Whether the source is valid and holds exactly as many bytes as the destination.</summary>
    internal abstract bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination);

    public abstract void Dispose();

    private sealed class Lz4(CompressionLibraries libraries) : StreamDecompressor
    {
        internal override bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination) =>
            libraries.DecompressLz4(source, destination) == destination.Length;

        public override void Dispose()
        {
        }
    }

    private sealed class Zstd(ZstdDecompressor decompressor) : StreamDecompressor
    {
        internal override bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination) =>
            decompressor.Decompress(source, destination) == (nuint)destination.Length;

        public override void Dispose() => decompressor.Dispose();
    }

    private sealed unsafe class Zlib : StreamDecompressor
    {
        private readonly MemorySpanStream _input = new();

        internal override bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            // SAFETY: the input stays pinned while the stream holds its address; it is only read, and never past its end.
            fixed (byte* from = source)
            {
                _input.Attach(from, source.Length);
                try
                {
                    using var zlib = new ZLibStream(_input, CompressionMode.Decompress, leaveOpen: true);
                    return zlib.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length
                        && zlib.ReadByte() < 0;
                }
                catch (InvalidDataException)
                {
                    return false;
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
