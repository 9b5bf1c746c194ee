using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Documents;

/// <summary>How far a camera's images are: what changes in their metadata while an acquisition goes on.</summary>
/// <param name="Counts">What became of its frames.</param>
/// <param name="Intensities">Intensities of its channels' pixels by channel, null for one that is not known.</param>
/// <param name="Frames">What is known of its single frames, or null when nothing is.</param>
public sealed record CameraState(FrameCounts Counts, IReadOnlyList<IntensityWindow?> Intensities, RecordedFrames? Frames = null)
{
    /// <summary>Before the first frame.</summary>
    public static CameraState Begun { get; } = new(default, []);

    /// <summary>
    /// The number of a frame before which the dataset has every frame of all levels, but for the missing ones: with that one the
    /// acquisition can go on after a kill, and after its end.
    /// </summary>
    public long NextFrame { get; init; }

    /// <summary>
    /// The frame with which a session went on that still takes frames: chunks that have frames before and behind it may be as the
    /// session before has left them. Null for any other.
    /// </summary>
    public long? ResumedAt { get; init; }

    /// <summary>The frames that the dataset does not have.</summary>
    public FrameRuns Missing { get; init; } = FrameRuns.None;

    /// <summary>
    /// Lengths of the growing axis, level after level and in each image after image, where frames were given up; default when
    /// they follow from the frames that were seen.
    /// </summary>
    public ImmutableArray<long> Lengths { get; init; }

    /// <summary>
    /// The least length of the growing axis. An acquisition that ended without a frame has one element, whose frames are missing:
    /// some readers do not open an empty array.
    /// </summary>
    public long LeastLength { get; init; }

    /// <summary>Length of the unbounded axis of a level of an image by now, or 0 when there is none.</summary>
    public long LengthOf(CameraPlan camera, int image, int level = 0) =>
        Math.Max(StoredLengthOf(camera, image, level), LeastLength);

    /// <summary>The part of it in which something was stored.</summary>
    public long StoredLengthOf(CameraPlan camera, int image, int level = 0)
    {
        ArgumentNullException.ThrowIfNull(camera);
        var axis = camera.Router.UnboundedAxis;
        if (axis < 0)
            return 0;
        return Lengths.IsDefault
            ? camera.Levels[level].LengthAlong(axis, camera.Router.UnboundedExtent(Counts.FramesSeen))
            : Lengths[level * camera.Images.Length + image];
    }
}
