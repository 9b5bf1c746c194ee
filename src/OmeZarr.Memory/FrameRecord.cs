namespace OmeZarr.Memory;

/// <summary>What a producer publishes: a frame in a place of the ring.</summary>
public readonly record struct FrameRecord
{
    /// <summary>Instead of a place: none.</summary>
    public const int NoPlace = -1;

    /// <summary>The frame's number in acquisition order.</summary>
    public required long Index { get; init; }

    /// <summary>The place that holds the pixels.</summary>
    public required int Place { get; init; }

    /// <summary>A mark of the producer's own, handed through.</summary>
    public required int Generation { get; init; }

    /// <summary>Whether the producer has left something beside the pixels, for whoever takes the record.</summary>
    public bool HasNote { get; init; }
}
