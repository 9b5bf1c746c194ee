using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// What every worker needs to know of the arrays, and the sizes of its scratch memory. Arrays whose chunks have the same
/// size and codec share an encoder.
/// </summary>
internal sealed class EncodingPlan
{
    // An address and a stride.
    private const long ChunkPlaneBytes = 2 * sizeof(long);

    // Likewise.
    private const long PieceBytes = 2 * sizeof(long);

    // A number and a size.
    private const long ChunkEntryBytes = 2 * sizeof(int);

    /// <summary>As many as a system takes in one call; chunks of more frames are gathered.</summary>
    private const long MostPieces = 1000;

    public EncodingPlan(AcquisitionPlan plan)
    {
        Unpacker = FrameUnpacker.For(plan);
        PlanesPerFrame = plan.Router.PlanesPerFrame;
        var encoders = new Dictionary<EncoderKind, int>();
        var plans = new List<ArrayEncoding>();
        foreach (var array in plan.Arrays)
        {
            var geometry = new ChunkGeometry(array);
            var kind = new EncoderKind(new ChunkCodec(array.Compression, array.Checksum, array.DataType), array.ChunkBytes);
            encoders.TryAdd(kind, encoders.Count);
            plans.Add(new ArrayEncoding(geometry, kind.Codec, IsRaw(array) ? ArrayEncoding.Raw : encoders[kind]));
            UnpackedBytes = Unpacker is null ? 0 : Math.Max(UnpackedBytes, array.ChunkBytes);
            MaxFramesPerChunk = Math.Max(MaxFramesPerChunk, geometry.FramesPerChunk);
            MaxTilesPerBatch = Math.Max(MaxTilesPerBatch, geometry.TilesPerBatch);
            MaxEncodedBatchBytes = Math.Max(
                MaxEncodedBatchBytes, checked((long)kind.Codec.MaxEncodedBytes(array.ChunkBytes) * geometry.TilesPerBatch));
        }

        Arrays = plans;
        Encoders = [.. encoders.OrderBy(kind => kind.Value).Select(kind => kind.Key)];
        WorkerBytes = checked(
            NativeBuffer.AlignUp(UnpackedBytes) + (MaxFramesPerChunk * ChunkPlaneBytes)
            + BatchPool.PerWorker * (NativeBuffer.AlignUp(MaxEncodedBatchBytes) + (MaxPiecesInPlace * PieceBytes) + (MaxTilesPerBatch * ChunkEntryBytes))
            + Encoders.Sum(kind => kind.Codec.EncoderBytes(kind.ChunkBytes)));
    }

    public IReadOnlyList<ArrayEncoding> Arrays { get; }

    /// <summary>The encoders that a worker needs.</summary>
    public IReadOnlyList<EncoderKind> Encoders { get; }

    /// <summary>Unpacks frames whose pixels are not of the dtype; null when they are.</summary>
    public FrameUnpacker? Unpacker { get; }

    /// <summary>Planes that come in one frame.</summary>
    public int PlanesPerFrame { get; }

    /// <summary>Room that a worker needs for unpacked pixels; 0 when nothing is unpacked.</summary>
    public int UnpackedBytes { get; }

    public int MaxFramesPerChunk { get; }

    public long MaxEncodedBatchBytes { get; }

    public int MaxTilesPerBatch { get; }

    /// <summary>The most pieces of memory that a worker writes a batch of uncompressed chunks from.</summary>
    public int MaxPiecesInPlace => (int)Math.Min(MostPieces, (long)MaxFramesPerChunk * MaxTilesPerBatch);

    /// <summary>Memory of one worker: scratch, encoders, and its share of the batches.</summary>
    public long WorkerBytes { get; }

    // Chunks that are stored as they are: gathering is all there is to do.
    private static bool IsRaw(ArrayPlan array) => array is { Compression: Compression.None, Checksum: false };
}

/// <summary>How one array's frames are cut, and which of a worker's encoders encodes its chunks.</summary>
internal sealed record ArrayEncoding(ChunkGeometry Geometry, ChunkCodec Codec, int Encoder)
{
    /// <summary>In place of an encoder: chunks are stored as they are.</summary>
    public const int Raw = -1;
}

/// <summary>What tells encoders apart; the codec's type matters by its size only.</summary>
internal readonly struct EncoderKind(ChunkCodec codec, int chunkBytes) : IEquatable<EncoderKind>
{
    public ChunkCodec Codec { get; } = codec;

    public int ChunkBytes { get; } = chunkBytes;

    private (Compression, bool, int, int) Identity => (Codec.Compression, Codec.Checksum, Codec.DataType.Size(), ChunkBytes);

    public bool Equals(EncoderKind other) => Identity == other.Identity;

    public override bool Equals(object? obj) => obj is EncoderKind other && Equals(other);

    public override int GetHashCode() => Identity.GetHashCode();
}
