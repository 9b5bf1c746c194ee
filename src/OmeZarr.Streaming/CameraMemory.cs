using OmeZarr.Acquisition;
using OmeZarr.Concurrency;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Intake;
using OmeZarr.Streaming.Layout;
using OmeZarr.Streaming.Output;
using OmeZarr.Streaming.Pyramid;

namespace OmeZarr.Streaming;

/// <summary>The memory of one camera's pipeline: its part of a <see cref="MemoryPlan"/>.</summary>
/// <remarks>
/// Frames wait in the ring until their chunks are complete. The longest such wait is the span: with a chunk of 16 time points
/// over 2 channels and 10 planes, 16 x 2 x 10 frames. A ring that holds the span (and some slack for the workers) serves as the
/// assembly buffer. When settings ask for a shorter ring, frames are copied early into assembly buffers.
/// </remarks>
public sealed record CameraMemory
{
    private const int MaxSlackFrames = 4096;

    /// <summary>
    /// Bookkeeping of a plane in flight: its record, its metadata, and a chunk row when it is the only plane in it.
    /// </summary>
    private const long SlotOverheadBytes = 640;

    /// <summary>The part of it on the managed heap: the chunk row, and queued work.</summary>
    private const long SlotOverheadHeapBytes = 448;

    /// <summary>A pipeline's own objects on the managed heap, measured.</summary>
    private const long CameraHeapBytes = 128 << 10;

    /// <summary>Far above any budget, and small enough that the sum over all pipelines does not overflow.</summary>
    private const long LargestRingBytes = 1L << 56;

    public required int RingFrames { get; init; }

    public required long SlotBytes { get; init; }

    /// <summary>The most frames borrowed from the caller at once.</summary>
    public required int BorrowedFrames { get; init; }

    /// <summary>Frames in flight whose bookkeeping is planned: those of the ring, and those that the settings announce as
    /// borrowed.</summary>
    public required int FramesInFlight { get; init; }

    /// <summary>The most frames that wait for their chunks to be complete.</summary>
    public required long SpanFrames { get; init; }

    /// <summary>Assembly buffers that the chunk rows of all arrays share, or 0 when frames wait in the ring.</summary>
    public required int Assemblies { get; init; }

    public required long AssemblyBytes { get; init; }

    /// <summary>Planes in one frame.</summary>
    public required int PlanesPerFrame { get; init; }

    /// <summary>Memory for the planes of each level but the first.</summary>
    public required LevelMemory Levels { get; init; }

    /// <summary>
    /// Which frames have come, their metadata, indexes of open shards: bookkeeping that does not depend on the ring.
    /// </summary>
    public required long BookkeepingBytes { get; init; }

    /// <summary>Also on the managed heap: open chunk rows and shards, whatever the size of the ring.</summary>
    public required long OpenHeapBytes { get; init; }

    /// <summary>Everything on the managed heap.</summary>
    public long HeapBytes => checked(OpenHeapBytes
        + (FramesInFlight * PlanesPerFrame + Levels.Planes.Sum(planes => (long)planes)) * SlotOverheadHeapBytes);

    /// <summary>Capped at a number that no budget reaches: a frame may be declared larger than any memory.</summary>
    public long RingBytes => (long)Int128.Min((Int128)RingFrames * SlotBytes, LargestRingBytes);

    public long TotalBytes => checked(RingBytes + FramesInFlight * PlanesPerFrame * SlotOverheadBytes + AssemblyBytes
        + Levels.Bytes + BookkeepingBytes + OpenHeapBytes);

    /// <summary>The cost of one more frame in the ring.</summary>
    internal long BytesPerFrame => checked(SlotBytes + PlanesPerFrame * (SlotOverheadBytes + Levels.BytesPerPlane));

    /// <summary>The least memory that a camera's frames can be taken in with, or what the settings ask for.</summary>
    /// <exception cref="OverflowException">The sizes exceed 64 bits.</exception>
    internal static CameraMemory Least(CameraPlan camera, IReadOnlyList<ArrayEncoding> arrays, int workers)
    {
        FrameSpan[] levels = [.. camera.Levels.Select(level => FrameSpan.Of(camera, level))];
        var blocks = LevelMemory.FramesOfBlocks(camera);
        var span = Math.Max(levels[0].Frames, blocks);
        var minimum = checked(span + MinimumSlack(workers));
        var given = camera.Pipeline.RingFrames;
        var lent = camera.Pipeline.BorrowedBuffers;
        var frames = given ?? (lent is null ? checked((int)Math.Min(minimum, MostFrames(camera))) : 0);
        var inFlight = checked(frames + (lent ?? 0));
        var pipeline = new CameraMemory
        {
            RingFrames = frames,
            BorrowedFrames = lent ?? MemoryPlan.MaxBorrowed,
            FramesInFlight = inFlight,
            SlotBytes = FrameRing.SlotStride(camera.SlotBytes),
            SpanFrames = span,
            Assemblies = 0,
            AssemblyBytes = 0,
            Levels = LevelMemory.Of(camera, levels, checked(inFlight * camera.Router.PlanesPerFrame), MinimumSlack(workers)),
            PlanesPerFrame = camera.Router.PlanesPerFrame,
            BookkeepingBytes = Bookkeeping(camera, levels, arrays),
            OpenHeapBytes = OpenHeap(camera, levels, arrays),
        };
        if (given < blocks || lent < blocks)
        {
            throw new MemoryBudgetException(
                $"pipeline.{(given < blocks ? $"ring_frames is {given}" : $"borrowed_buffers is {lent}")}, but these "
                    + $"pyramid.factors combine several frames into one plane: give at least {blocks}");
        }

        var enough = levels[0].Frames + MinimumSlack(workers);
        return given < enough || lent < enough ? pipeline.WithEarlyCopies(levels[0], arrays, workers) : pipeline;
    }

    /// <summary>Frames beyond the minimum that the ring should hold; 0 when the settings give its size.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="bytes">Memory available for them.</param>
    internal int WantedSlack(CameraPlan camera, long bytes) =>
        camera.Pipeline is { RingFrames: not null } or { BorrowedBuffers: not null }
        ? 0
        : (int)Math.Min(Math.Min(MaxSlackFrames, bytes / SlotBytes), MostFrames(camera) - RingFrames);

    internal CameraMemory WithMoreFrames(int frames) =>
        this with
        {
            RingFrames = checked(RingFrames + frames),
            FramesInFlight = checked(FramesInFlight + frames),
            Levels = Levels.WithMorePlanes(checked(frames * PlanesPerFrame)),
        };

    /// <summary>Says what takes the memory.</summary>
    internal string Needs(CameraPlan camera, int workers)
    {
        var what = AssemblyBytes > 0
            ? $"pipeline.{(RingFrames == 0 ? $"borrowed_buffers is {BorrowedFrames}" : $"ring_frames is {RingFrames}")}, and "
                + $"chunks that wait for more frames than that take {Assemblies} buffers of {AssemblyBytes / Assemblies} bytes "
                + $"(none with a ring of {SpanFrames + MinimumSlack(workers)} frames, of {SlotBytes} bytes each)"
            : camera.Pipeline.RingFrames is { } given
                ? $"pipeline.ring_frames is {given}, of {SlotBytes} bytes each"
                : $"{SpanFrames} frames of {SlotBytes} bytes must wait until their chunks are "
                    + $"whole{(Levels.IsFlat ? "" : ", or a block of pyramid.factors is")}";
        if (Levels.Bytes > 0)
            what += $", and planes of resolution levels take {Levels.Bytes} bytes";
        return camera.Key.Length == 0 ? what : $"for {camera.Key}, {what}";
    }

    // Every worker can hold a frame or two while the camera fills the next one.
    private static int MinimumSlack(int workers) => 2 * workers + 2;

    private static long MostFrames(CameraPlan camera) => Math.Max(1, camera.Router.TotalFrames ?? long.MaxValue);

    private CameraMemory WithEarlyCopies(FrameSpan span, IReadOnlyList<ArrayEncoding> arrays, int workers)
    {
        // One for each chunk row that waits for frames; and for each worker one being encoded and one being written.
        var assemblies = checked((int)(span.CameraChunkRows + 2 * workers));
        var bytes = checked(assemblies * AssemblyPool.Stride(arrays.Max(array => array.Geometry.ChunkRowBytes)));
        // A frame that was copied leaves the ring; its planes stay on their levels until their chunks are complete.
        var planes = checked(assemblies * arrays[0].Geometry.FramesPerChunk);
        return this with { Assemblies = assemblies, AssemblyBytes = bytes, Levels = Levels.WithAtLeast(planes) };
    }

    private static long Bookkeeping(CameraPlan camera, FrameSpan[] spans, IReadOnlyList<ArrayEncoding> arrays)
    {
        var borrowed = camera.Pipeline.BorrowedBuffers ?? MemoryPlan.MaxBorrowed;
        var bytes = FrameLedger.Bytes + AbsentFrames.Bytes + IntensitySampler.BytesFor(camera)
            + Concurrency.BorrowedFrames.BytesFor(borrowed)
            + FrameTable.BytesFor(camera) + FrameValuesInFlight.BytesFor(borrowed);
        foreach (var array in arrays.Where(array => array.Geometry.Plan.IsSharded))
        {
            var shards = checked(OpenShards(camera, spans[array.Level], array) + array.Geometry.ShardsPerRow);
            var chunks = array.Geometry.ChunksPerShard;
            bytes = checked(bytes + shards * (ShardIndexBuffer.BytesFor(chunks) - ShardIndexBuffer.HeapBytesFor(chunks)));
        }

        return bytes;
    }

    private static long OpenHeap(CameraPlan camera, FrameSpan[] spans, IReadOnlyList<ArrayEncoding> arrays)
    {
        const int perShard = 3072;
        const int perChunkRow = 512;
        const int framePart = 2 * sizeof(int) + sizeof(long);
        var bytes = CameraHeapBytes;
        foreach (var array in arrays)
        {
            var chunkRows = checked(camera.Images.Length * spans[array.Level].OpenChunkRows);
            bytes = checked(bytes + chunkRows * (perChunkRow + (long)array.Geometry.FramesPerChunk * framePart));
            if (array.Geometry.Plan.IsSharded)
                bytes = checked(bytes + OpenShards(camera, spans[array.Level], array) * (perShard
                    + ShardIndexBuffer.HeapBytesFor(array.Geometry.ChunksPerShard)));
        }

        return bytes;
    }

    // Counts all images: which of them are open together depends on the order of the dimensions.
    private static long OpenShards(CameraPlan camera, FrameSpan span, ArrayEncoding array) =>
        checked(camera.Images.Length * span.OpenShardRows * array.Geometry.ShardsPerRow);
}
