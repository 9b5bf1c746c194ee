namespace OmeZarr.Memory;

/// <summary>Places in memory that hold the pixels of a frame, or of a plane, until everyone who needs them has let go.</summary>
public interface IPlaces
{
    /// <summary>Where the pixels of a place are that the caller holds.</summary>
    FramePixels Pixels(int place);

    /// <summary>Lets go of a place; the last holder frees it. Full fence.</summary>
    void LetGo(int place);
}
