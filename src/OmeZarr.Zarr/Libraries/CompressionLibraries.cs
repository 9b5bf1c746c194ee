namespace OmeZarr.Zarr.Libraries;

/// <summary>Where zstd and LZ4 come from. Immutable and thread-safe; the compressors it makes are not.</summary>
internal abstract class CompressionLibraries
{
    internal abstract ZstdCompressor CreateZstdCompressor(int level, bool checksum);

    /// <summary>Writes zstd frames without looking for repeats. Holds no more memory than at level 1.</summary>
    internal abstract ZstdCompressor CreateZstdEntropyCoder();

    /// <summary>
    /// Writes zstd frames at level 1, and passes over repeats of less than seven bytes: of bytes of which nearly all repeat,
    /// fewer and longer ones take less time and room. Holds no more memory than at level 1.
    /// </summary>
    internal abstract ZstdCompressor CreateZstdQuickSearch();

    internal abstract ZstdDecompressor CreateZstdDecompressor();

    /// <param name="acceleration">1 compresses best; each step more skips more of what does not compress.</param>
    internal abstract Lz4Compressor CreateLz4Compressor(int acceleration);

    internal abstract Lz4Compressor CreateLz4HcCompressor(int level);

    /// <summary>Returns the decompressed size, or a negative number for damaged input; hostile input is safe.</summary>
    internal abstract int DecompressLz4(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>The most memory that a zstd compressor of a level holds, for sources of one size.</summary>
    internal abstract long ZstdCompressorBytes(int level, int sourceBytes);

    internal abstract long Lz4CompressorBytes { get; }

    internal abstract long Lz4HcCompressorBytes { get; }
}

/// <summary>One library for each format. They are structures, so that the calls are bound when this is compiled.</summary>
internal sealed unsafe class CompressionLibraries<TZstd, TLz4> : CompressionLibraries
    where TZstd : struct, IZstd
    where TLz4 : struct, ILz4
{
    internal override long Lz4CompressorBytes => TLz4.SizeOfState();

    internal override long Lz4HcCompressorBytes => TLz4.SizeOfStateHC();

    internal override ZstdCompressor CreateZstdCompressor(int level, bool checksum) =>
        new ZstdCompressor<TZstd>(level, checksum);

    internal override ZstdCompressor CreateZstdEntropyCoder() => ZstdCompressor<TZstd>.OfEntropyAlone();

    internal override ZstdCompressor CreateZstdQuickSearch() => ZstdCompressor<TZstd>.OfLongRepeats();

    internal override ZstdDecompressor CreateZstdDecompressor() => new ZstdDecompressor<TZstd>();

    internal override Lz4Compressor CreateLz4Compressor(int acceleration) => new Lz4FastCompressor<TLz4>(acceleration);

    internal override Lz4Compressor CreateLz4HcCompressor(int level) => new Lz4HcCompressor<TLz4>(level);

    internal override int DecompressLz4(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // SAFETY: both ranges are pinned for the call, and LZ4 stays inside the sizes it is given.
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return TLz4.Decompress(from, to, source.Length, destination.Length);
    }

    internal override long ZstdCompressorBytes(int level, int sourceBytes) =>
        (long)TZstd.CompressionContextBytes(level, sourceBytes);
}
