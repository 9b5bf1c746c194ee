namespace OmeZarr.Streaming.Encoders;

/// <summary>What a chunk row takes of a frame: one of its planes, or nothing.</summary>
/// <param name="Slot">The slot in the ring or among the planes of its level, or one of the constants.</param>
/// <param name="Plane">The index of the plane in the frame; 0 where there is one.</param>
/// <param name="Frame">The frame's number in acquisition order.</param>
internal readonly record struct FramePart(int Slot, int Plane, long Frame)
{
    private const int NoFrame = -1;
    private const int CopiedSlot = -2;

    /// <summary>No frame there (skipped, beyond the edge, or not arrived).</summary>
    public static FramePart Missing => new(NoFrame, 0, 0);

    /// <summary>The plane has been copied into assembly memory and its slot is free.</summary>
    public static FramePart Copied => new(CopiedSlot, 0, 0);

    public bool IsMissing => Slot == NoFrame;

    public bool IsCopied => Slot == CopiedSlot;

    /// <summary>Whether it refers to a slot of the ring, or of its level.</summary>
    public bool HasSlot => Slot >= 0;
}
