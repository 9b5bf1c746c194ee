namespace OmeZarr.Zarr.Chunks;

/// <summary>How the bytes of a chunk are compressed; immutable. <c>ChunkCodec</c> turns it into encoders.</summary>
public abstract record Compression
{
    private Compression()
    {
    }

    /// <summary>No compression: a chunk's bytes as they are.</summary>
    public sealed record None : Compression;

    /// <summary>The <c>blosc</c> codec. Level 1 to 9 (0 stores); <c>BlockSize</c> in bytes, 0 lets the codec choose.</summary>
    public sealed record Blosc(BloscCompressor Compressor, int Level, BloscShuffle Shuffle, int BlockSize) : Compression
    {
        /// <summary>How much is tried. No part of what a chunk or its metadata says: every reader decodes either.</summary>
        public BloscEffort Effort { get; init; }
    }

    /// <summary>The <c>zstd</c> codec. Level -7 to 22; <c>Checksum</c> adds zstd's own content checksum.</summary>
    public sealed record Zstd(int Level, bool Checksum) : Compression;

    /// <summary>The <c>gzip</c> codec. Level 0 to 9.</summary>
    public sealed record Gzip(int Level) : Compression;
}

/// <summary>The compressors inside Blosc that are offered.</summary>
public enum BloscCompressor
{
    Lz4,
    Lz4Hc,
    Zstd,
    Zlib,
}

/// <summary>How hard Blosc tries to compress what will not be compressed.</summary>
public enum BloscEffort
{
    /// <summary>Noise is found by a sample of each chunk, and costs no search for repeats.</summary>
    Adaptive,

    /// <summary>As in c-blosc: with the same libraries, the same bytes.</summary>
    Exact,
}

/// <summary>Blosc's filter before compression. The values are those of the Blosc format.</summary>
public enum BloscShuffle
{
    None = 0,
    Byte = 1,
    Bit = 2,
}
