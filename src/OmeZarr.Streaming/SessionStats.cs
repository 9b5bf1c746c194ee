namespace OmeZarr.Streaming;

/// <summary>A snapshot of a session's counters. Times in nanoseconds, sizes in bytes.</summary>
public sealed record SessionStats
{
    public required int ActiveWorkers { get; init; }

    public required long FramesAppended { get; init; }

    /// <summary>Frames whose every chunk has been encoded and handed to the store.</summary>
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
}
