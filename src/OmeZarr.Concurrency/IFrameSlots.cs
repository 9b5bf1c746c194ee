namespace OmeZarr.Concurrency;

/// <summary>Slots in memory that hold the pixels of a frame, or of a plane, until every reference is released.</summary>
public interface IFrameSlots
{
    /// <summary>Where the pixels of a slot are. The caller must have a reference.</summary>
    FramePixels Pixels(int slot);

    /// <summary>Releases a reference to a slot; the last release frees it. Full fence.</summary>
    void Release(int slot);
}
