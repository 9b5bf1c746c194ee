using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>
/// The <c>zarr.json</c> of an array from any writer. <see cref="ArrayMetadata"/> describes the arrays that are written here;
/// this is everything that can be read. Immutable, as long as nobody changes <see cref="Attributes"/>.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata"/>
public sealed record StoredArray
{
    /// <summary>Elements along each axis.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>The elements' type.</summary>
    public required ElementType Type { get; init; }

    /// <summary>A chunk, or shard, of the array's grid: a stored object.</summary>
    public required ChunkLayout Chunk { get; init; }

    /// <summary>How objects are named.</summary>
    public required ChunkKeys Keys { get; init; }

    /// <summary>An element that is not stored, little-endian.</summary>
    public required ImmutableArray<byte> FillValue { get; init; }

    /// <summary>Names of the axes, null for one without; default when none has one.</summary>
    public ImmutableArray<string?> DimensionNames { get; init; }

    /// <summary>User attributes, not looked into; null when there are none.</summary>
    public JsonObject? Attributes { get; init; }

    /// <summary>The value of the member <c>codecs</c>, as it is.</summary>
    public required JsonNode Codecs { get; init; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Length;

    /// <summary>Uncompressed bytes of an innermost chunk; at most 2^31 - 1.</summary>
    public int ChunkBytes => (int)(Chunk.Innermost.Elements * Type.Size);

    /// <summary>Reads a <c>zarr.json</c>, which may be hostile.</summary>
    /// <exception cref="ZarrFormatException">
    /// It is not valid, or uses something that is not supported; the message names it.
    /// </exception>
    public static StoredArray Parse(ReadOnlyMemory<byte> json) => StoredArrayReader.Read(json);
}
