using System.IO.Compression;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Blosc;

/// <summary>Compresses the streams of Blosc blocks. Holds its working memory; not thread-safe.</summary>
internal abstract class StreamCompressor : IDisposable
{
    /// <summary>The result for a stream that does not fit.</summary>
    internal const int DoesNotFit = 0;

    internal static StreamCompressor Create(Compression.Blosc settings, CompressionLibraries libraries)
    {
        var level = settings.Level;
        return settings.Compressor switch
        {
            BloscCompressor.Lz4 => new Lz4(libraries.CreateLz4Compressor(Lz4Acceleration(level))),
            BloscCompressor.Lz4Hc => new Lz4(libraries.CreateLz4HcCompressor(level)),
            BloscCompressor.Zstd when MayUseEntropy(settings) => new NoiseAwareZstd(level, libraries),
            BloscCompressor.Zstd => new Zstd(libraries.CreateZstdCompressor(ZstdLevel(level), checksum: false)),
            _ => new Zlib(level),
        };
    }

    /// <summary>c-blosc spreads its levels over those of zstd, the last one being zstd's highest.</summary>
    internal static int ZstdLevel(int level) =>
        level < CompressionLimits.MaxBloscLevel ? level * 2 - 1 : CompressionLimits.MaxZstdLevel;

    /// <summary>As c-blosc has it: the fastest level skips most.</summary>
    private static int Lz4Acceleration(int level) => CompressionLimits.MaxBloscLevel + 1 - level;

    /// <summary>Whether a zstd stream can be asked for with another choice than <see cref="StreamChoice.Search"/>.</summary>
    internal static bool MayUseEntropy(Compression.Blosc settings) =>
        settings is { Effort: BloscEffort.Adaptive, Compressor: BloscCompressor.Zstd, Shuffle: not BloscShuffle.Bit };

    /// <summary>Returns the bytes written, or <see cref="DoesNotFit"/>.</summary>
    internal abstract int Compress(ReadOnlySpan<byte> source, Span<byte> destination, StreamChoice choice);

    public abstract void Dispose();

    private sealed class Lz4(Lz4Compressor compressor) : StreamCompressor
    {
        internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination, StreamChoice choice) =>
            compressor.Compress(source, destination);

        public override void Dispose() => compressor.Dispose();
    }

    private sealed class Zstd(ZstdCompressor compressor) : StreamCompressor
    {
        internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination, StreamChoice choice)
        {
            var result = compressor.Compress(source, destination);
            return ZstdResult.IsError(result) ? DoesNotFit : (int)result;
        }

        public override void Dispose() => compressor.Dispose();
    }

    private sealed class NoiseAwareZstd(int level, CompressionLibraries libraries) : StreamCompressor
    {
        private readonly ZstdCompressor _search = libraries.CreateZstdCompressor(ZstdLevel(level), checksum: false);
        private readonly ZstdCompressor _quick = libraries.CreateZstdQuickSearch();
        private readonly ZstdCompressor _entropy = libraries.CreateZstdEntropyCoder();

        internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination, StreamChoice choice)
        {
            var result = (choice switch
            {
                StreamChoice.Entropy => _entropy,
                StreamChoice.Quick => _quick,
                _ => _search,
            }).Compress(source, destination);
            return ZstdResult.IsError(result) ? DoesNotFit : (int)result;
        }

        public override void Dispose()
        {
            _search.Dispose();
            _quick.Dispose();
            _entropy.Dispose();
        }
    }

    /// <summary>Allocates some small managed objects for each stream of a block; see <see cref="GzipEncoder"/>.</summary>
    private sealed unsafe class Zlib(int level) : StreamCompressor
    {
        private readonly ZLibCompressionOptions _options = new() { CompressionLevel = ZlibLevel(level) };
        private readonly MemorySpanStream _output = new();

        internal override int Compress(ReadOnlySpan<byte> source, Span<byte> destination, StreamChoice choice)
        {
            // SAFETY: the destination stays pinned while the stream holds its address, and the stream stops at its end.
            fixed (byte* to = destination)
            {
                _output.Attach(to, destination.Length);
                using (var zlib = new ZLibStream(_output, _options, leaveOpen: true))
                    zlib.Write(source);
                return _output.Detach() ?? DoesNotFit;
            }
        }

        public override void Dispose() => _output.Dispose();

        /// <summary>
        /// The runtime's zlib-ng has other trade-offs than the zlib in c-blosc: its level 1 compresses far less, and its 6 is
        /// both faster and smaller than its 4 and 5. A chunk does not record the level, so the nearest in ratio is taken.
        /// </summary>
        private static int ZlibLevel(int level) => level switch
        {
            1 => 2,
            4 or 5 => 6,
            _ => level,
        };
    }
}
