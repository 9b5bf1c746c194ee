using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Streaming.Encoders;
using OmeZarr.Streaming.Pyramid;
using OmeZarr.Streaming.Resuming;

namespace OmeZarr.Streaming;

/// <summary>
/// All memory that a session will use, decided before the first frame: the estimate and the budget are the same numbers. The
/// pipelines of all cameras share one budget.
/// </summary>
public sealed record MemoryPlan
{
    /// <summary>Used when <c>pipeline.memory_budget_bytes</c> is not given.</summary>
    public const long DefaultBudgetBytes = PipelineSettings.DefaultMemoryBudgetBytes;

    /// <summary>
    /// The most frames borrowed from the caller at once, per pipeline, when <c>pipeline.borrowed_buffers</c> is not given.
    /// </summary>
    public const int MaxBorrowed = 256;

    /// <summary>
    /// Room for frames that arrive while the workers are behind, in bytes, when <c>ring_frames</c> is not given. Shared by the
    /// pipelines, since they share the workers.
    /// </summary>
    private const long SlackBytes = 160L << 20;

    /// <summary>
    /// The most managed heap that all streams of a process may use together, whatever their budgets: what the runtime in the
    /// published library may use, less what it needs to collect garbage.
    /// </summary>
    public const long MostHeapBytes = 896L << 20;

    /// <summary>
    /// The library's code, the runtime with the smallest heap that it works with, and its threads, measured on the published
    /// library. Needed once per process, but counted in the plan of each stream as if it were the only one.
    /// </summary>
    public const long RuntimeBytes = 24L << 20;

    /// <summary>What a thread touches of its stack, and what the system's allocator keeps for it.</summary>
    private const long ThreadBytes = 64L << 10;

    private const int MaxWorkers = 64;

    public required int Workers { get; init; }

    /// <summary>In the order of the plan's cameras.</summary>
    public required ImmutableArray<CameraMemory> Cameras { get; init; }

    /// <summary>Threads, scratch memory and codec contexts of all workers.</summary>
    public required long WorkerBytes { get; init; }

    /// <summary>The part of it on the managed heap.</summary>
    public required long WorkerHeapBytes { get; init; }

    /// <summary>What the dataset as a whole needs on the managed heap.</summary>
    public required long DatasetHeapBytes { get; init; }

    /// <summary>What its last documents need in addition, for a moment.</summary>
    public required long EndHeapBytes { get; init; }

    /// <summary>What reading frames back needs when a dataset is gone on with, until it is.</summary>
    public required long ResumeBytes { get; init; }

    public required long BudgetBytes { get; init; }

    /// <summary>How workers encode, which says what memory they need.</summary>
    internal EncodingPlan Encoding { get; private init; } = null!;

    /// <summary>How workers make levels, likewise.</summary>
    internal DownsamplingPlan Downsampling { get; private init; } = null!;

    /// <summary>Slots of all rings.</summary>
    public long RingFrames => Cameras.Sum(pipeline => (long)pipeline.RingFrames);

    public long RingBytes => Cameras.Sum(pipeline => pipeline.RingBytes);

    /// <summary>The most frames that wait for their chunks to be complete.</summary>
    public long SpanFrames => Cameras.Sum(pipeline => pipeline.SpanFrames);

    /// <summary>Frames that can be borrowed at once, by all rings.</summary>
    public long BorrowedFrames => Cameras.Sum(pipeline => (long)pipeline.BorrowedFrames);

    /// <summary>Whether frames are copied out of their slots or buffers before their chunks are whole.</summary>
    public bool CopiesEarly => Cameras.Any(pipeline => pipeline.Assemblies > 0);

    public long AssemblyBytes => Cameras.Sum(pipeline => pipeline.AssemblyBytes);

    /// <summary>Everything on the managed heap while the stream is open.</summary>
    public long HeapBytes => checked(Cameras.Sum(pipeline => pipeline.HeapBytes) + WorkerHeapBytes + DatasetHeapBytes);

    public long TotalBytes =>
        checked(Cameras.Sum(pipeline => pipeline.TotalBytes) + WorkerBytes + DatasetHeapBytes + EndHeapBytes + ResumeBytes
            + RuntimeBytes);

    /// <summary>Plans the memory of an acquisition.</summary>
    /// <param name="plan">What to write.</param>
    /// <param name="processors">Processors of the machine: the number of workers when settings do not say.</param>
    /// <exception cref="MemoryBudgetException">The budget is too small; the message says what can be changed.</exception>
    public static MemoryPlan For(AcquisitionPlan plan, int processors)
    {
        try
        {
            return Sized(plan, processors);
        }
        catch (OverflowException)
        {
            throw new MemoryBudgetException(
                "this acquisition needs more memory than there can be, whatever pipeline.memory_budget_bytes: too many frames "
                    + "must wait "
                + "until their chunks are whole. Give the slow frame axes (such as t) a chunk_size of 1");
        }
    }

    private static MemoryPlan Sized(AcquisitionPlan plan, int processors)
    {
        var workers = plan.Pipeline.Workers ?? Math.Clamp(processors, 1, MaxWorkers);
        var encoding = new EncodingPlan(plan);
        var downsampling = new DownsamplingPlan(plan);
        var least = new MemoryPlan
        {
            Workers = workers,
            Cameras = [.. plan.Cameras.Select((camera, i) => CameraMemory.Least(camera, encoding.Cameras[i], workers))],
            WorkerBytes = checked(workers * (encoding.WorkerBytes + downsampling.WorkerBytes + ThreadBytes)),
            WorkerHeapBytes = checked(workers * encoding.WorkerHeapBytes),
            DatasetHeapBytes = HeapMemory.Of(plan),
            EndHeapBytes = HeapMemory.AtTheEndOf(plan),
            ResumeBytes = plan.Resume ? plan.Cameras.Max(StoredFrames.BytesFor) : 0,
            BudgetBytes = plan.Pipeline.MemoryBudgetBytes ?? DefaultBudgetBytes,
            Encoding = encoding,
            Downsampling = downsampling,
        };
        if (checked(least.HeapBytes + least.EndHeapBytes) > MostHeapBytes)
            throw least.TooLargeForTheHeap(plan);
        return least.TotalBytes <= least.BudgetBytes ? least.WithSlack(plan) : throw least.TooLarge(plan);
    }

    // The rest of the budget is shared out as far as it goes; each pipeline gets the same fraction of what it wants.
    private MemoryPlan WithSlack(AcquisitionPlan plan)
    {
        var wanted = Cameras.Select((pipeline, i) => pipeline.WantedSlack(plan.Cameras[i], SlackBytes / Cameras.Length))
            .ToArray();
        var wantedBytes = Cameras.Zip(wanted, (pipeline, frames) => frames * pipeline.BytesPerFrame).Sum();
        var spare = BudgetBytes - TotalBytes;
        return this with
        {
            Cameras = [.. Cameras.Zip(wanted, (pipeline, frames) =>
                pipeline.WithMoreFrames(wantedBytes <= spare ? frames : (int)((Int128)frames * spare / wantedBytes)))],
        };
    }

    private MemoryBudgetException TooLargeForTheHeap(AcquisitionPlan plan) => new(
        $"this acquisition's images, arrays, coords and open shards take {HeapBytes + EndHeapBytes} bytes of the library's "
            + $"heap, and it has {MostHeapBytes}, "
        + $"whatever pipeline.memory_budget_bytes: {Described(plan)}. Give fewer images (positions), coords or pyramid.levels, "
            + $"a chunk_size "
        + "or shard_size_chunks of 1 along the slow frame axes, or write several datasets");

    private string Described(AcquisitionPlan plan) =>
        $"{plan.Images.Length} images with {plan.Arrays.Length} arrays, and settings of {plan.SettingsBytes} bytes, take "
            + $"{DatasetHeapBytes} bytes";

    private MemoryBudgetException TooLarge(AcquisitionPlan plan)
    {
        const int most = 3;
        var dataset = DatasetHeapBytes > BudgetBytes / 4 ? $"{Described(plan)}; " : "";
        var largest = Cameras.Index().OrderByDescending(pipeline => pipeline.Item.TotalBytes).Take(most)
            .Select(pipeline => pipeline.Item.Needs(plan.Cameras[pipeline.Index], Workers));
        return new MemoryBudgetException(
            $"this acquisition needs {TotalBytes} bytes of memory and pipeline.memory_budget_bytes is {BudgetBytes}"
            + $"{(plan.Pipeline.MemoryBudgetBytes is null ? " (the default)" : "")}: {dataset}{string.Join("; ", largest)}. "
            + "Raise the budget, or let fewer frames wait for each other: fewer workers (pipeline.workers), a chunk_size of 1 "
            + "along the slow frame axes (such as t), or smaller ring_frames");
    }
}

/// <summary>The memory budget cannot hold an acquisition.</summary>
public sealed class MemoryBudgetException(string message) : Exception(message);
