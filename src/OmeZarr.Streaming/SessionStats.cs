using OmeZarr.Memory;

namespace OmeZarr.Streaming;

/// <summary>A snapshot of the counters of a session or of one of its lanes. Times in nanoseconds, sizes in bytes.</summary>
public sealed record SessionStats
{
    public required int ActiveWorkers { get; init; }

    public required long FramesAppended { get; init; }

    /// <summary>Frames whose every chunk of full resolution has been encoded and handed to the store; other levels may follow.</summary>
    public required long FramesWritten { get; init; }

    public required long FramesSkipped { get; init; }

    public required long FramesDropped { get; init; }

    public required long BytesIn { get; init; }

    public required long BytesOut { get; init; }

    public required long ChunksWritten { get; init; }

    public required int RingCapacity { get; init; }

    public required int RingOccupancy { get; init; }

    public required int RingHighWater { get; init; }

    public required long RingWaits { get; init; }

    public required long RingWaitNs { get; init; }

    public required long AppendLastNs { get; init; }

    public required long AppendMeanNs { get; init; }

    public required long AppendP50Ns { get; init; }

    public required long AppendP99Ns { get; init; }

    public required long AppendMaxNs { get; init; }

    public required long MemoryBytes { get; init; }

    public required long Errors { get; init; }

    /// <summary>Sums the counters of lanes.</summary>
    internal static SessionStats Of(ReadOnlySpan<CameraLane> lanes, int activeWorkers, long memoryBytes, long errors)
    {
        var latency = new LatencyHistogram();
        foreach (var lane in lanes)
            latency.Add(lane.Counters.Latency);
        return new SessionStats
        {
            ActiveWorkers = activeWorkers,
            FramesAppended = Sum(lanes, lane => lane.Counters.FramesAppended),
            // A frame may be written before its append has returned and counted it.
            FramesWritten = Sum(lanes, lane => Math.Min(lane.FramesWritten, lane.Counters.FramesAppended)),
            FramesSkipped = Sum(lanes, lane => lane.Counters.FramesSkipped),
            FramesDropped = Sum(lanes, lane => lane.Counters.FramesDropped),
            BytesIn = Sum(lanes, lane => lane.BytesIn),
            BytesOut = Sum(lanes, lane => lane.Arrays.Sum(array => array.Objects.BytesOut)),
            ChunksWritten = Sum(lanes, lane => lane.Arrays.Sum(array => array.Objects.ChunksWritten)),
            RingCapacity = (int)Sum(lanes, lane => lane.Ring.Slots),
            RingOccupancy = (int)Sum(lanes, lane => lane.Ring.Occupied),
            RingHighWater = (int)Sum(lanes, lane => lane.Ring.HighWater),
            RingWaits = Sum(lanes, lane => lane.Counters.RingWaits),
            RingWaitNs = Sum(lanes, lane => lane.Counters.RingWaitNs),
            AppendLastNs = latency.Last,
            AppendMeanNs = latency.Mean,
            AppendP50Ns = latency.Percentile(0.5),
            AppendP99Ns = latency.Percentile(0.99),
            AppendMaxNs = latency.Max,
            MemoryBytes = memoryBytes,
            Errors = errors,
        };
    }

    private static long Sum(ReadOnlySpan<CameraLane> lanes, Func<CameraLane, long> count)
    {
        long sum = 0;
        foreach (var lane in lanes)
            sum += count(lane);
        return sum;
    }
}
