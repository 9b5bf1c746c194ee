using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.PixelFormats;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Encoders;

/// <summary>
/// What every worker needs to know of the arrays, and the sizes of its scratch memory. Arrays whose chunks have the same size and
/// codec share an encoder.
/// </summary>
internal sealed class EncodingPlan
{
    // An address and a stride.
    private const long ChunkPlaneBytes = 2 * sizeof(long);

    // Likewise.
    private const long PieceBytes = 2 * sizeof(long);

    // A number, a size, and where its pieces end.
    private const long ChunkEntryBytes = 3 * sizeof(int);

    /// <summary>As many as a system takes in one call; chunks with more frames are copied.</summary>
    private const long MostPieces = 1000;

    public EncodingPlan(AcquisitionPlan plan)
    {
        var encoders = new Dictionary<EncoderKind, int>();
        Cameras = [.. plan.Cameras.Select((camera, i) =>
            camera.Levels.Select(level => Add(level.Arrays[0], i, level.Number, encoders)).ToArray())];
        foreach (var camera in plan.Cameras.Where(camera => FrameUnpacker.For(camera) is not null))
            UnpackedBytes = Math.Max(UnpackedBytes, camera.Arrays[0].ChunkBytes);
        Encoders = [.. encoders.OrderBy(kind => kind.Value).Select(kind => kind.Key)];
        WorkerHeapBytes = checked((MaxFramesPerChunk * ChunkPlaneBytes)
            + BatchPool.PerWorker * ((MaxPiecesInPlace * PieceBytes) + (MaxTilesPerBatch * ChunkEntryBytes)));
        WorkerBytes = checked(
            WorkerHeapBytes + NativeBuffer.AlignUp(UnpackedBytes)
                + BatchPool.PerWorker * NativeBuffer.AlignUp(MaxEncodedBatchBytes)
            + Encoders.Sum(kind => kind.Codec.EncoderBytes(kind.ChunkBytes)));
    }

    /// <summary>The levels of each camera; the arrays of a level differ by their path only.</summary>
    public IReadOnlyList<IReadOnlyList<ArrayEncoding>> Cameras { get; }

    /// <summary>The encoders of each worker.</summary>
    public IReadOnlyList<EncoderKind> Encoders { get; }

    /// <summary>Memory for unpacked pixels per worker; 0 when nothing is unpacked.</summary>
    public int UnpackedBytes { get; }

    public int MaxFramesPerChunk { get; private set; }

    private long MaxEncodedBatchBytes { get; set; }

    private int MaxTilesPerBatch { get; set; }

    // The most pieces of memory from which a worker writes a batch of uncompressed chunks.
    private int MaxPiecesInPlace => (int)Math.Min(MostPieces, (long)MaxFramesPerChunk * MaxTilesPerBatch);

    /// <summary>The sizes of a batch.</summary>
    public BatchSizes Batch => new(MaxEncodedBatchBytes, MaxTilesPerBatch, MaxPiecesInPlace);

    /// <summary>Memory of one worker: scratch, encoders, and its share of the batches.</summary>
    public long WorkerBytes { get; }

    /// <summary>The part of it on the managed heap.</summary>
    public long WorkerHeapBytes { get; }

    private ArrayEncoding Add(ArrayPlan array, int camera, int level, Dictionary<EncoderKind, int> encoders)
    {
        var geometry = new ChunkGeometry(array);
        var kind = new EncoderKind(new ChunkCodec(array.Compression, array.Checksum, array.DataType), array.ChunkBytes);
        encoders.TryAdd(kind, encoders.Count);
        MaxFramesPerChunk = Math.Max(MaxFramesPerChunk, geometry.FramesPerChunk);
        MaxTilesPerBatch = Math.Max(MaxTilesPerBatch, geometry.TilesPerBatch);
        MaxEncodedBatchBytes = Math.Max(
            MaxEncodedBatchBytes, checked((long)kind.Codec.MaxEncodedBytes(array.ChunkBytes) * geometry.TilesPerBatch));
        return new ArrayEncoding(camera, level, geometry, kind.Codec, IsRaw(array) ? ArrayEncoding.Raw : encoders[kind]);
    }

    // Chunks that are stored unencoded: copying the tile's rows together is all there is to do.
    private static bool IsRaw(ArrayPlan array) => array is { Compression: Compression.None, Checksum: false };
}

/// <summary>
/// Which camera and level frames go to, how they are cut, and which of a worker's encoders encodes their chunks.
/// </summary>
internal sealed record ArrayEncoding(int Camera, int Level, ChunkGeometry Geometry, ChunkCodec Codec, int Encoder)
{
    /// <summary>Instead of an encoder: chunks are stored unencoded.</summary>
    public const int Raw = -1;

    /// <summary>Whether chunks are stored unencoded.</summary>
    public bool IsRaw => Encoder == Raw;

    /// <summary>The frame axes of the arrays.</summary>
    public AxisPlan[] Axes { get; } = AxisPlan.Of(Geometry.Plan);
}

/// <summary>The key of an encoder; of the codec's data type only its size matters.</summary>
internal readonly struct EncoderKind(ChunkCodec codec, int chunkBytes) : IEquatable<EncoderKind>
{
    public ChunkCodec Codec { get; } = codec;

    public int ChunkBytes { get; } = chunkBytes;

    private (Compression, bool, int, int) Identity => (Codec.Compression, Codec.Checksum, Codec.DataType.Size(), ChunkBytes);

    public bool Equals(EncoderKind other) => Identity == other.Identity;

    public override bool Equals(object? obj) => obj is EncoderKind other && Equals(other);

    public override int GetHashCode() => Identity.GetHashCode();
}
