using System.Collections.Immutable;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition;

/// <summary>
/// One Zarr array to be written. All shapes are in storage order and end with y, x; the axes before those two are the
/// frame axes (each index of them is one frame). An array of two dimensions has no frame axis and takes one frame.
/// </summary>
public sealed record ArrayPlan
{
    /// <summary>The array's key prefix in the store without a closing '/', such as <c>0</c> or <c>A/1/fov0/0</c>.</summary>
    public required string Path { get; init; }

    public required DataType DataType { get; init; }

    /// <summary>Elements along each axis. The unbounded axis, if any, has 0 here.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>The axis that grows, or -1. Always a frame axis.</summary>
    public required int UnboundedAxis { get; init; }

    /// <summary>Elements of a chunk along each axis, each at least 1.</summary>
    public required ImmutableArray<int> ChunkShape { get; init; }

    /// <summary>Chunks of a shard along each axis (each at least 1), or default when the array is not sharded.</summary>
    public required ImmutableArray<int> ShardShapeInChunks { get; init; }

    public required Compression Compression { get; init; }

    /// <summary>Whether each chunk ends in a crc32c.</summary>
    public required bool Checksum { get; init; }

    /// <summary>Names of the axes, such as t, c, z, y, x.</summary>
    public required ImmutableArray<string> DimensionNames { get; init; }

    /// <summary>Number of frame axes: all but y and x.</summary>
    public int FrameAxes => Shape.Length - 2;

    public bool IsSharded => !ShardShapeInChunks.IsDefault;

    /// <summary>Uncompressed bytes of one chunk; at most 2^31 - 1 (validated).</summary>
    public int ChunkBytes
    {
        get
        {
            var bytes = DataType.Size();
            foreach (var n in ChunkShape)
                bytes = checked(bytes * n);
            return bytes;
        }
    }
}
