namespace OmeZarr.Memory;

/// <summary>What a producer publishes: a frame in a slot, or a run of frames that will never come.</summary>
public readonly record struct FrameRecord
{
    /// <summary>In place of a slot number: the frames are skipped.</summary>
    public const int NoSlot = -1;

    /// <summary>Number of the (first) frame in acquisition order.</summary>
    public required long Index { get; init; }

    /// <summary>The slot that holds the pixels, or <see cref="NoSlot"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>Number of frames: 1, or the length of a run of skipped ones.</summary>
    public required long Count { get; init; }

    /// <summary>A mark of the producer's own, handed through.</summary>
    public required int Generation { get; init; }
}
