using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// How a chunk is cut into blocks, and blocks into streams. Follows the rules of c-blosc 1.21 with its default
/// split mode, so that the ratio is the same and every decoder takes the same view of the header.
/// </summary>
internal sealed record BloscPlan
{
    /// <summary>Chunks below this are stored, and streams are never cut shorter.</summary>
    internal const int MinStreamBytes = 128;

    /// <summary>Wider elements are not split.</summary>
    internal const int MaxStreams = 16;

    /// <summary>
    /// Streams beside noise: zstd's own largest block. LZ4 is faster and finds more beyond 64 KiB, where it takes five bytes at
    /// a time.
    /// </summary>
    private const int NoiseStreamBytes = 128 * 1024;

    private const int BaseBlockBytes = 32 * 1024;
    private const int MaxSplitStreamBytes = 256 * 1024;
    private const int MinSplitBlockBytes = 64 * 1024;
    private const int MaxSplitBlockBytes = 1024 * 1024;
    private const int MaxForcedBlockBytes = (int.MaxValue - byte.MaxValue * sizeof(int)) / 3;

    internal BloscPlan(Compression.Blosc settings, int typeSize, int chunkBytes)
    {
        Settings = settings;
        TypeSize = typeSize;
        ChunkBytes = chunkBytes;
        BlockBytes = ComputeBlockBytes();
        Split = ShouldSplit(BlockBytes);
        BlockCount = (int)(((long)chunkBytes + BlockBytes - 1) / BlockBytes);
        Stored = settings.Level == 0 || chunkBytes < MinStreamBytes;
    }

    private BloscPlan(BloscPlan plain, int blockBytes)
        : this(plain.Settings, plain.TypeSize, plain.ChunkBytes)
    {
        BlockBytes = blockBytes;
        BlockCount = (int)(((long)ChunkBytes + BlockBytes - 1) / BlockBytes);
        Split = TypeSize <= MaxStreams && BlockBytes / TypeSize >= MinStreamBytes;
    }

    /// <summary>
    /// The cut for chunks of which some streams are noise: always split, whatever the compressor, and in blocks that such chunks
    /// suit best. Null where streams cannot be told apart, or are not worth it.
    /// </summary>
    internal static BloscPlan? ForNoise(BloscPlan plain)
    {
        var settings = plain.Settings;
        if (settings.Effort == BloscEffort.Exact || settings.Compressor == BloscCompressor.Zlib || plain.Stored)
            return null;
        if (plain.ChunkBytes % plain.TypeSize != 0 || plain.ChunkBytes / plain.TypeSize < NoiseEstimator.MinElements)
            return null;
        var plan = new BloscPlan(plain, settings.BlockSize > 0 ? plain.BlockBytes : plain.NoiseBlockBytes());
        return plan.Split ? plan : null;
    }

    private int NoiseBlockBytes()
    {
        var wanted = NoiseStreamBytes * TypeSize;
        if (ChunkBytes <= wanted)
            return ChunkBytes;

        // As many blocks as needed, all alike; what is left over is less than a group of bits for each of them.
        var blocks = (int)(((long)ChunkBytes + wanted - 1) / wanted);
        var group = TypeSize * BitTranspose.BitsPerByte;
        return ChunkBytes / blocks / group * group;
    }

    internal Compression.Blosc Settings { get; }

    /// <summary>Bytes of an element.</summary>
    internal int TypeSize { get; }

    internal int ChunkBytes { get; }

    /// <summary>Bytes of a block; the last one may be shorter.</summary>
    internal int BlockBytes { get; }

    internal int BlockCount { get; }

    /// <summary>Whether whole blocks are compressed as one stream for each byte of the element.</summary>
    internal bool Split { get; }

    /// <summary>Whether the chunk is not compressed at all.</summary>
    internal bool Stored { get; }

    internal BloscFormat Format => Settings.Compressor switch
    {
        BloscCompressor.Zlib => BloscFormat.Zlib,
        BloscCompressor.Zstd => BloscFormat.Zstd,
        _ => BloscFormat.Lz4,
    };

    /// <summary>Where a block begins in the chunk.</summary>
    internal int BlockStart(int block) => block * BlockBytes;

    /// <summary>Bytes of a block: all but the last have <see cref="BlockBytes"/>.</summary>
    internal int BlockLength(int block) => Math.Min(BlockBytes, ChunkBytes - BlockStart(block));

    /// <summary>Streams in a block of this length: a shorter last block is never split.</summary>
    internal int StreamsIn(int blockLength) => Split && blockLength == BlockBytes ? TypeSize : 1;

    /// <summary>
    /// The bytes before the first block: the header and where each block starts. Never more than a stored chunk takes.
    /// </summary>
    internal int IndexBytes => BloscHeader.SizeInBytes + BlockCount * sizeof(int);

    private bool ShouldSplit(int blockBytes) =>
        Settings.Compressor != BloscCompressor.Zstd
        && TypeSize <= MaxStreams
        && blockBytes / TypeSize >= MinStreamBytes;

    private int ComputeBlockBytes()
    {
        if (ChunkBytes < TypeSize)
            return 1;

        var bytes = Settings.BlockSize > 0
            ? Math.Clamp(Settings.BlockSize, MinStreamBytes, MaxForcedBlockBytes)
            : AutomaticBlockBytes();
        if (Settings.Level > 0 && ShouldSplit(bytes))
        {
            bytes = Math.Min(bytes, MaxSplitStreamBytes) * TypeSize;
            bytes = Math.Clamp(bytes, MinSplitBlockBytes, MaxSplitBlockBytes);
        }

        bytes = Math.Min(bytes, ChunkBytes);
        return bytes > TypeSize ? bytes / TypeSize * TypeSize : bytes;
    }

    /// <summary>Slower levels take larger blocks, and so do the compressors that aim at ratio.</summary>
    private int AutomaticBlockBytes()
    {
        if (ChunkBytes < BaseBlockBytes)
            return ChunkBytes;

        var aimsAtRatio = Settings.Compressor != BloscCompressor.Lz4;
        var bytes = aimsAtRatio ? BaseBlockBytes * 2 : BaseBlockBytes;
        return Settings.Level switch
        {
            0 => bytes / 4,
            1 => bytes / 2,
            2 => bytes,
            3 => bytes * 2,
            4 or 5 => bytes * 4,
            9 when aimsAtRatio => bytes * 16,
            _ => bytes * 8,
        };
    }
}
