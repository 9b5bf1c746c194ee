namespace OmeZarr.Memory;

/// <summary>What a producer publishes: a frame in a place of the ring, or a run of frames that will never come.</summary>
public readonly record struct FrameRecord
{
    /// <summary>Instead of a place: the frames are skipped.</summary>
    public const int NoPlace = -1;

    /// <summary>Number of the (first) frame in acquisition order.</summary>
    public required long Index { get; init; }

    /// <summary>The place that holds the pixels, or <see cref="NoPlace"/>.</summary>
    public required int Place { get; init; }

    /// <summary>Number of frames: 1, or the length of a run of skipped ones.</summary>
    public required long Count { get; init; }

    /// <summary>A mark of the producer's own, handed through.</summary>
    public required int Generation { get; init; }
}
