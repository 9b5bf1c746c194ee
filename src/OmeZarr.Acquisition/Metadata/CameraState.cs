namespace OmeZarr.Acquisition;

/// <summary>How far a camera's images are: what changes in their metadata while an acquisition goes on.</summary>
/// <param name="Counts">What became of its frames.</param>
/// <param name="Intensities">Intensities of its channels' pixels by channel, null for one that is not known.</param>
/// <param name="Frames">What is known of its single frames, or null when nothing is.</param>
public sealed record CameraState(FrameCounts Counts, IReadOnlyList<IntensityWindow?> Intensities, RecordedFrames? Frames = null)
{
    /// <summary>Before the first frame.</summary>
    public static CameraState Begun { get; } = new(default, []);

    /// <summary>Length of the unbounded axis by now, or 0 when there is none.</summary>
    internal long UnboundedExtent(CameraPlan camera) => camera.Router.UnboundedExtent(Counts.FramesSeen);
}
