using System.Collections.Immutable;

namespace OmeZarr.Zarr.Stored;

/// <summary>
/// A chunk as its codecs store it: what part of the array it is, in which order its elements lie, and whether it is a shard of
/// smaller chunks. Immutable; sizes are consistent and fit into memory.
/// </summary>
public sealed record ChunkLayout
{
    /// <summary>Elements along each axis of the array, at least 1.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>The array's axes in the order in which they are stored, the last one changing fastest.</summary>
    public required ImmutableArray<int> Order { get; init; }

    /// <summary>Whether elements are stored with the most significant byte first. Not for shards.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>What turns the elements' bytes into the stored ones, in the order of encoding. Empty for shards.</summary>
    public ImmutableArray<BytesCodec> Codecs { get; init; } = [];

    /// <summary>The chunks inside, or null when it holds elements.</summary>
    public ShardLayout? Shard { get; init; }

    /// <summary>Elements of the chunk.</summary>
    public long Elements => ChunkGrid.Elements(Shape.AsSpan());

    /// <summary>The smallest chunks: itself, or those in the shards.</summary>
    public ChunkLayout Innermost => Shard?.Chunk.Innermost ?? this;
}

/// <summary>How a shard is divided.</summary>
public sealed record ShardLayout
{
    /// <summary>A chunk inside.</summary>
    public required ChunkLayout Chunk { get; init; }

    /// <summary>Chunks along each axis of the array.</summary>
    public required ImmutableArray<long> Counts { get; init; }

    /// <summary>Chunks in all.</summary>
    public required int Count { get; init; }

    /// <summary>Where the index lies.</summary>
    public required ShardIndexLocation IndexLocation { get; init; }

    /// <summary>Whether the numbers of the index have the most significant byte first.</summary>
    public bool IsIndexBigEndian { get; init; }

    /// <summary>How many crc32c the index ends in, one of the other: 0 or 1, hardly ever more.</summary>
    public required int IndexChecksums { get; init; }

    /// <summary>Bytes of the index as it is stored.</summary>
    public int IndexBytes => checked(Count * ShardIndex.NumbersPerChunk * sizeof(ulong) + IndexChecksums * sizeof(uint));
}
