using OmeZarr.Acquisition;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>What every worker needs to know of the arrays, and the sizes of its scratch memory.</summary>
internal sealed class EncodingPlan
{
    public EncodingPlan(IEnumerable<ArrayPlan> arrays)
    {
        Arrays = [.. arrays.Select(array => new ArrayEncoding(new ChunkGeometry(array), new ChunkCodec(array.Compression, array.Checksum, array.DataType)))];
        foreach (var (geometry, codec) in Arrays)
        {
            MaxChunkBytes = Math.Max(MaxChunkBytes, geometry.Plan.ChunkBytes);
            MaxTilesPerBatch = Math.Max(MaxTilesPerBatch, geometry.TilesPerBatch);
            long encoded = codec.MaxEncodedBytes(geometry.Plan.ChunkBytes);
            MaxEncodedBatchBytes = Math.Max(MaxEncodedBatchBytes, encoded * geometry.TilesPerBatch);
        }
    }

    public IReadOnlyList<ArrayEncoding> Arrays { get; }

    public int MaxChunkBytes { get; }

    public long MaxEncodedBatchBytes { get; }

    public int MaxTilesPerBatch { get; }
}

/// <summary>How one array's frames are cut and its chunks encoded.</summary>
internal sealed record ArrayEncoding(ChunkGeometry Geometry, ChunkCodec Codec)
{
    /// <summary>Chunks are stored as they are, so that gathering is all there is to do.</summary>
    public bool IsRaw => Geometry.Plan is { Compression: Compression.None, Checksum: false };
}
