using OmeZarr.Concurrency;

namespace OmeZarr.Streaming;

/// <summary>A snapshot of the counters of a session or of one of its pipelines. Times in nanoseconds, sizes in bytes.</summary>
public sealed record SessionStats
{
    public required int ActiveWorkers { get; init; }

    public required long FramesAppended { get; init; }

    /// <summary>
    /// Frames of which every full-resolution chunk has been encoded and handed to the store; other levels may follow.
    /// </summary>
    public required long FramesWritten { get; init; }

    /// <summary>The number of the next frame; null for several pipelines together.</summary>
    public required long? NextFrame { get; init; }

    public required long FramesSkipped { get; init; }

    public required long FramesDropped { get; init; }

    /// <summary>Frames that were taken without some of their metadata.</summary>
    public required long FramesMetadataLost { get; init; }

    public required long BytesIn { get; init; }

    public required long BytesOut { get; init; }

    public required long ChunksWritten { get; init; }

    public required int RingCapacity { get; init; }

    public required int RingOccupancy { get; init; }

    public required int RingHighWater { get; init; }

    public required long RingWaits { get; init; }

    public required long RingWaitNs { get; init; }

    /// <summary>Of the appended frames, those that were lent.</summary>
    public required long FramesBorrowed { get; init; }

    /// <summary>Frames that are lent and not given back.</summary>
    public required int BorrowedHeld { get; init; }

    /// <summary>The most frames lent at once.</summary>
    public required int BorrowedCapacity { get; init; }

    public required long AppendLastNs { get; init; }

    public required long AppendMeanNs { get; init; }

    public required long AppendP50Ns { get; init; }

    public required long AppendP99Ns { get; init; }

    public required long AppendMaxNs { get; init; }

    public required long MemoryBytes { get; init; }

    public required long Errors { get; init; }

    /// <summary>Bytes that can still be written; null when the store cannot tell.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>How many seconds they last at the present rate; null when that is not known.</summary>
    public required long? SecondsLeft { get; init; }

    /// <summary>The most bytes that are still to come; null when the acquisition has no bound.</summary>
    public required long? BytesToCome { get; init; }

    /// <summary>Sums the counters of pipelines.</summary>
    internal static SessionStats Of(ReadOnlySpan<CameraPipeline> pipelines, int activeWorkers, long memoryBytes, long errors,
        FreeSpace room)
    {
        var latency = new LatencyHistogram();
        foreach (var pipeline in pipelines)
            latency.Add(pipeline.Counters.Latency);
        return new SessionStats
        {
            ActiveWorkers = activeWorkers,
            FramesAppended = Sum(pipelines, pipeline => pipeline.Counters.FramesAppended),
            // A frame may be written before its append has returned and counted it.
            FramesWritten = Sum(pipelines, pipeline => Math.Min(pipeline.FramesWritten, pipeline.Counters.FramesAppended)),
            NextFrame = pipelines.Length == 1 ? pipelines[0].NextFrame : null,
            FramesSkipped = Sum(pipelines, pipeline => pipeline.Counters.FramesSkipped),
            FramesDropped = Sum(pipelines, pipeline => pipeline.Counters.FramesDropped),
            FramesMetadataLost = Sum(pipelines, pipeline => pipeline.Counters.FramesMetadataLost),
            BytesIn = Sum(pipelines, pipeline => pipeline.BytesIn),
            BytesOut = Sum(pipelines, pipeline => pipeline.Arrays.Sum(array => array.Objects.BytesOut)),
            ChunksWritten = Sum(pipelines, pipeline => pipeline.Arrays.Sum(array => array.Objects.ChunksWritten)),
            RingCapacity = (int)Sum(pipelines, pipeline => pipeline.Ring.Slots),
            RingOccupancy = (int)Sum(pipelines, pipeline => pipeline.Ring.Occupied),
            RingHighWater = (int)Sum(pipelines, pipeline => pipeline.Ring.HighWater),
            RingWaits = Sum(pipelines, pipeline => pipeline.Counters.RingWaits),
            RingWaitNs = Sum(pipelines, pipeline => pipeline.Counters.RingWaitNs),
            FramesBorrowed = Sum(pipelines, pipeline => pipeline.Counters.FramesBorrowed),
            BorrowedHeld = (int)Sum(pipelines, pipeline => pipeline.Borrowed.Held),
            BorrowedCapacity = (int)Sum(pipelines, pipeline => pipeline.Borrowed.Limit),
            AppendLastNs = latency.Last,
            AppendMeanNs = latency.Mean,
            AppendP50Ns = latency.Percentile(0.5),
            AppendP99Ns = latency.Percentile(0.99),
            AppendMaxNs = latency.Max,
            MemoryBytes = memoryBytes,
            Errors = errors,
            FreeBytes = Known(room.Bytes),
            SecondsLeft = Known(room.SecondsLeft),
            BytesToCome = Known(room.ToCome),
        };
    }

    private static long? Known(long value) => value == FreeSpace.Unknown ? null : value;

    private static long Sum(ReadOnlySpan<CameraPipeline> pipelines, Func<CameraPipeline, long> count)
    {
        long sum = 0;
        foreach (var pipeline in pipelines)
            sum += count(pipeline);
        return sum;
    }
}
