using System.Text;
using OmeZarr.Benchmarks.Native;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>The C libraries behind the same interface as the encoders of this project, one thread each.</summary>
internal static class ReferenceEncoders
{
    public static IChunkEncoder For(Compression compression, int typeSize) => compression switch
    {
        Compression.Blosc blosc => new CBloscEncoder(blosc, typeSize),
        Compression.Zstd zstd => new LibZstdEncoder(zstd.Level),
        _ => throw new NotSupportedException($"{compression} has no reference"),
    };

    /// <summary>Room enough for a chunk of this size from any of them and from the encoders of this project.</summary>
    public static int MaxEncodedBytes(int chunkBytes) =>
        Math.Max(chunkBytes + CBlosc.MaxOverhead, (int)LibZstd.Bound((nuint)chunkBytes));

    private static byte[] Copied(in ChunkPixels rows)
    {
        var chunk = new byte[rows.ChunkBytes];
        rows.CopyTo(chunk);
        return chunk;
    }

    private sealed unsafe class CBloscEncoder(Compression.Blosc settings, int typeSize) : IChunkEncoder
    {
        private readonly byte[] _name = Encoding.ASCII.GetBytes(settings.Compressor.ToString().ToLowerInvariant() + "\0");

        public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
        {
            // SAFETY: lengths are those of the spans, pinned during the call; the name ends with 0.
            fixed (byte* source = chunk, target = destination, name = _name)
            {
                var size = CBlosc.Compress(
                    settings.Level, (int)settings.Shuffle, (nuint)typeSize, (nuint)chunk.Length, source, target,
                    (nuint)destination.Length, name,
                    (nuint)settings.BlockSize, 1);
                return size > 0 ? size : throw new CodecException($"c-blosc returned {size}");
            }
        }

        public int Encode(in ChunkPixels rows, Span<byte> destination) => Encode(Copied(rows), destination);

        public void Dispose()
        {
        }
    }

    private sealed unsafe class LibZstdEncoder(int level) : IChunkEncoder
    {
        private readonly nint _context = LibZstd.CreateContext();

        public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
        {
            // SAFETY: as above.
            fixed (byte* source = chunk, target = destination)
            {
                var size = LibZstd.Compress(_context, target, (nuint)destination.Length, source, (nuint)chunk.Length, level);
                return LibZstd.IsError(size) == 0 ? (int)size : throw new CodecException($"libzstd returned {size}");
            }
        }

        public int Encode(in ChunkPixels rows, Span<byte> destination) => Encode(Copied(rows), destination);

        public void Dispose() => _ = LibZstd.FreeContext(_context);
    }
}
