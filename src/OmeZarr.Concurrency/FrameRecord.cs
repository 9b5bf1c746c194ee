namespace OmeZarr.Concurrency;

/// <summary>What a producer publishes: a frame in a slot of the ring.</summary>
public readonly record struct FrameRecord
{
    /// <summary>Instead of a slot: none.</summary>
    public const int NoSlot = -1;

    /// <summary>The frame's number in acquisition order.</summary>
    public required long Index { get; init; }

    /// <summary>The slot that holds the pixels.</summary>
    public required int Slot { get; init; }

    /// <summary>A number for the producer's own use, passed through.</summary>
    public required int Generation { get; init; }

    /// <summary>Whether the frame has metadata beside the pixels.</summary>
    public bool HasValues { get; init; }
}
