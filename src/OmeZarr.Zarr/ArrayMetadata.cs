using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>
/// The <c>zarr.json</c> of an array, but for its shape: an array that grows writes the same description again with another
/// shape. Immutable, as long as nobody changes <see cref="Attributes"/>.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata"/>
public sealed record ArrayMetadata
{
    /// <summary>The name of a node's metadata below its path.</summary>
    public const string Key = "zarr.json";

    public required DataType DataType { get; init; }

    /// <summary>Elements of a chunk along each axis, each at least 1; inside a shard, of an inner chunk.</summary>
    public required ImmutableArray<int> ChunkShape { get; init; }

    /// <summary>Chunks of a shard along each axis, each at least 1; default when the array is not sharded.</summary>
    public ImmutableArray<int> ShardShapeInChunks { get; init; }

    public ShardIndexLocation ShardIndexLocation { get; init; } = ShardIndexLocation.End;

    public Compression Compression { get; init; } = new Compression.None();

    /// <summary>Whether each chunk ends in a crc32c.</summary>
    public bool Checksum { get; init; }

    public FillValue FillValue { get; init; }

    /// <summary>Names of the axes, null for one without; default when none has one.</summary>
    public ImmutableArray<string?> DimensionNames { get; init; }

    /// <summary>User attributes, not looked into; null when there are none. Belongs to the caller and is only read.</summary>
    public JsonObject? Attributes { get; init; }

    public bool IsSharded => !ShardShapeInChunks.IsDefault;

    /// <summary>Elements of a stored object along each axis: of a shard, or else of a chunk.</summary>
    public ImmutableArray<long> GridShape => IsSharded
        ? ChunkGrid.ShardShape(ChunkShape.AsSpan(), ShardShapeInChunks.AsSpan())
        : [.. ChunkShape.Select(length => (long)length)];

    /// <summary>Chunks in a shard; 1 when the array is not sharded.</summary>
    /// <exception cref="OverflowException">It exceeds 2^63 - 1.</exception>
    public long ChunksPerShard
    {
        get
        {
            long chunks = 1;
            if (IsSharded)
            {
                foreach (var length in ShardShapeInChunks)
                    chunks = checked(chunks * length);
            }

            return chunks;
        }
    }

    /// <summary>Uncompressed bytes of a chunk.</summary>
    /// <exception cref="OverflowException">It exceeds 2^31 - 1.</exception>
    public int ChunkBytes
    {
        get
        {
            var bytes = DataType.Size();
            foreach (var length in ChunkShape)
                bytes = checked(bytes * length);
            return bytes;
        }
    }

    /// <summary>The UTF-8 text of <c>zarr.json</c> for an array of this shape.</summary>
    /// <param name="shape">Elements along each axis at present.</param>
    /// <exception cref="ArgumentException">
    /// The ranks of shape, chunks, shards and names differ, or a length is out of range.
    /// </exception>
    public byte[] Encode(ReadOnlySpan<long> shape) => ArrayMetadataWriter.Write(this, shape);

    /// <summary>
    /// Reads a <c>zarr.json</c>, which may be hostile: sizes in the result are consistent and chunks fit into memory.
    /// </summary>
    /// <exception cref="ZarrFormatException">
    /// It is not valid, or uses something that is not supported; the message says what.
    /// </exception>
    public static (ArrayMetadata Metadata, ImmutableArray<long> Shape) Parse(ReadOnlyMemory<byte> json) =>
        ArrayMetadataReader.Read(json);
}

/// <summary>Where in a shard its index lies.</summary>
public enum ShardIndexLocation
{
    /// <summary>Behind the chunks; the only place that every reader knows.</summary>
    End,

    /// <summary>Before the chunks.</summary>
    Start,
}
