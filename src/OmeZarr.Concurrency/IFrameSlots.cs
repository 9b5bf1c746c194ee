namespace OmeZarr.Concurrency;

/// <summary>Slots in memory that hold the pixels of a frame, or of a plane, until everyone who needs them has released it.</summary>
public interface IFrameSlots
{
    /// <summary>Where the pixels of a slot are that the caller holds.</summary>
    FramePixels Pixels(int slot);

    /// <summary>Lets go of a slot; the last holder frees it. Full fence.</summary>
    void Release(int slot);
}
