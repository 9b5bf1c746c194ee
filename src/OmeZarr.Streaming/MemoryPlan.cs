using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.FrameMetadata;
using OmeZarr.Streaming.Workers;

namespace OmeZarr.Streaming;

/// <summary>
/// All memory that a session will use, decided before the first frame: the estimate and the budget are the same numbers.
/// </summary>
/// <remarks>
/// Frames wait in the ring until their chunks are whole. The longest such wait is the span: with a chunk of 16 time points
/// over 2 channels and 10 planes, 16 x 2 x 10 frames. A ring that holds the span (and some slack for the workers) is the
/// assembly buffer. When settings ask for a shorter one, frames are copied out early into assembly buffers.
/// </remarks>
public sealed record MemoryPlan
{
    /// <summary>When <c>pipeline.memory_budget_bytes</c> is not given.</summary>
    public const long DefaultBudgetBytes = 2L << 30;

    /// <summary>Room for frames that arrive while the workers are behind, in bytes, when <c>ring_frames</c> is not given.</summary>
    private const long SlackBytes = 160L << 20;

    private const int MaxSlackFrames = 4096;

    /// <summary>The runtime itself, code, thread stacks and the managed heap, measured on the published library.</summary>
    private const long RuntimeBytes = 24L << 20;

    /// <summary>The most frames borrowed from the caller at once.</summary>
    public const int MaxBorrowed = 256;

    /// <summary>Bookkeeping of a frame in flight: its record, its metadata, and a group of chunks when no other frame is in it.</summary>
    private const long PlaceBytes = 592;

    private const int MaxWorkers = 64;

    /// <summary>Far above any budget, and still without overflow once the rest is added.</summary>
    private const long LargestRingBytes = 1L << 62;

    public required int Workers { get; init; }

    public required int RingFrames { get; init; }

    public required long SlotBytes { get; init; }

    /// <summary>The most frames that wait for chunks to become whole.</summary>
    public required long SpanFrames { get; init; }

    /// <summary>Assembly buffers per array, or 0 when frames wait in the ring.</summary>
    public required ImmutableArray<int> Assemblies { get; init; }

    public required long AssemblyBytes { get; init; }

    /// <summary>Scratch memory and codec contexts of all workers.</summary>
    public required long WorkerBytes { get; init; }

    /// <summary>Indexes of open shards and other bookkeeping.</summary>
    public required long BookkeepingBytes { get; init; }

    public required long BudgetBytes { get; init; }

    /// <summary>At most the largest number: a frame may be declared larger than any memory.</summary>
    public long RingBytes => (long)Int128.Min((Int128)RingFrames * SlotBytes, LargestRingBytes);

    public long TotalBytes => checked(RingBytes + AssemblyBytes + WorkerBytes + BookkeepingBytes + RuntimeBytes);

    /// <summary>Plans the memory of an acquisition.</summary>
    /// <param name="plan">What is to be written.</param>
    /// <param name="processors">Processors of the machine: the number of workers when settings do not say.</param>
    /// <exception cref="MemoryBudgetException">The budget cannot hold it; the message says what can be changed.</exception>
    public static MemoryPlan For(AcquisitionPlan plan, int processors)
    {
        try
        {
            return Sized(plan, processors);
        }
        catch (OverflowException)
        {
            throw new MemoryBudgetException(
                "this acquisition needs more memory than there can be, whatever pipeline.memory_budget_bytes: too many frames must wait "
                + "until their chunks are whole. Give the slow frame axes (such as t) a chunk_size of 1");
        }
    }

    private static MemoryPlan Sized(AcquisitionPlan plan, int processors)
    {
        var workers = plan.Pipeline.Workers ?? Math.Clamp(processors, 1, MaxWorkers);
        var spans = plan.Arrays.Select(array => FrameSpan.Of(plan.Router, array)).ToArray();
        var span = spans.Max(s => s.Frames);
        var encoding = new EncodingPlan(plan);
        var bare = new MemoryPlan
        {
            Workers = workers,
            RingFrames = 0,
            SlotBytes = FrameRing.SlotStride(plan.SlotBytes),
            SpanFrames = span,
            Assemblies = [.. spans.Select(_ => 0)],
            AssemblyBytes = 0,
            WorkerBytes = checked(workers * encoding.WorkerBytes),
            BookkeepingBytes = checked(Bookkeeping(plan, spans, encoding) + FrameTable.BytesFor(plan) + FrameNotes.BytesFor(MaxBorrowed)),
            BudgetBytes = plan.Pipeline.MemoryBudgetBytes ?? DefaultBudgetBytes,
        };
        var minimum = checked(span + MinimumSlack(workers));
        var sized = plan.Pipeline.RingFrames is { } frames && frames < minimum
            ? bare.WithEarlyGather(frames, spans, encoding)
            : bare with { RingFrames = RingLength(plan, bare, minimum) };
        sized = sized with { BookkeepingBytes = checked(sized.BookkeepingBytes + sized.RingFrames * PlaceBytes) };
        return sized.TotalBytes <= sized.BudgetBytes ? sized : throw sized.TooLarge(plan);
    }

    // Every worker can hold a frame or two while the camera fills the next.
    private static int MinimumSlack(int workers) => 2 * workers + 2;

    private static int RingLength(AcquisitionPlan plan, MemoryPlan bare, long minimum)
    {
        if (plan.Pipeline.RingFrames is { } frames)
            return frames;
        var slack = Math.Min(MaxSlackFrames, SlackBytes / bare.SlotBytes);
        var affordable = Math.Max(0, bare.BudgetBytes - bare.TotalBytes) / checked(bare.SlotBytes + PlaceBytes);
        var wanted = Math.Max(minimum, Math.Min(minimum + slack, affordable));
        return checked((int)Math.Min(wanted, Math.Max(1, plan.Router.TotalFrames ?? long.MaxValue)));
    }

    private MemoryPlan WithEarlyGather(int ringFrames, FrameSpan[] spans, EncodingPlan encoding)
    {
        var assemblies = spans.Select(span => checked((int)span.OpenGroups + 2 * Workers)).ToImmutableArray();
        long bytes = 0;
        for (var i = 0; i < assemblies.Length; i++)
            bytes = checked(bytes + assemblies[i] * NativeBuffer.AlignUp(encoding.Arrays[i].Geometry.GroupBytes));
        return this with { RingFrames = ringFrames, Assemblies = assemblies, AssemblyBytes = bytes };
    }

    private static long Bookkeeping(AcquisitionPlan plan, FrameSpan[] spans, EncodingPlan encoding)
    {
        const int perShardObject = 1024;
        const int indexEntryTwice = 2 * 16;
        const int framePart = 2 * sizeof(int) + sizeof(long);
        long bytes = IntensitySampler.BytesFor(plan);
        for (var i = 0; i < spans.Length; i++)
        {
            var geometry = encoding.Arrays[i].Geometry;
            var perGroup = (long)geometry.FramesPerChunk * framePart + perShardObject;
            var perSlab = checked(geometry.ShardsPerSlab * (perShardObject + (long)geometry.ChunksPerShard * indexEntryTwice));
            bytes = checked(bytes + spans[i].OpenGroups * perGroup + (plan.Arrays[i].IsSharded ? (spans[i].OpenSlabs + 1) * perSlab : 0));
        }

        return bytes;
    }

    private MemoryBudgetException TooLarge(AcquisitionPlan plan) => new(
        $"this acquisition needs {TotalBytes} bytes of memory and pipeline.memory_budget_bytes is {BudgetBytes}"
        + $"{(plan.Pipeline.MemoryBudgetBytes is null ? " (the default)" : "")}: {SpanFrames} frames of {SlotBytes} bytes must wait until "
        + "their chunks are whole. Raise the budget, or give the slow frame axes (such as t) a chunk_size of 1");
}

/// <summary>The memory budget cannot hold an acquisition.</summary>
public sealed class MemoryBudgetException(string message) : Exception(message);
