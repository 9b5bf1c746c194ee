using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition;

/// <summary>
/// The frames of one camera: their shape and pixels, and the images that they go to. A stream without <c>arrays</c> has
/// one. Immutable.
/// </summary>
public sealed record CameraPlan
{
    /// <summary>
    /// The name by which its frames are appended; empty for the only camera of a document without <c>arrays</c>.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The key as paths of the camera's images and groups begin with it; empty without a key.</summary>
    public required string Path { get; init; }

    public required CameraSettings Settings { get; init; }

    /// <summary>How frames are taken in; the same for all cameras.</summary>
    public required PipelineSettings Pipeline { get; init; }

    /// <summary>The axes of every image, in storage order.</summary>
    public required ImmutableArray<DimensionSettings> Axes { get; init; }

    /// <summary>In the order of the router's array indices.</summary>
    public required ImmutableArray<ImagePlan> Images { get; init; }

    /// <summary>Index of its first image, and of that image's array, among those of the dataset.</summary>
    public required int FirstImage { get; init; }

    /// <summary>The resolutions of each image, full resolution first; at least 1.</summary>
    public required ImmutableArray<LevelPlan> Levels { get; init; }

    /// <summary>The array of full resolution of each image, in the order of the router's array indices.</summary>
    public ImmutableArray<ArrayPlan> Arrays => Levels[0].Arrays;

    public required FrameRouter Router { get; init; }

    /// <summary>The axis that is cut back when the acquisition ends early, or -1; see <see cref="EarlyEnd"/>.</summary>
    public int CutAxis { get; init; } = -1;

    /// <summary>The axis whose length is known only in the end: it grows, or can be cut back. -1 when there is none.</summary>
    public int EndingAxis => Router.UnboundedAxis >= 0 ? Router.UnboundedAxis : CutAxis;

    /// <summary>Frames that there would have been without an early end; null when it was not cut back.</summary>
    public long? DeclaredFrames { get; init; }

    /// <summary>Rows of a frame.</summary>
    public required long FrameHeight { get; init; }

    /// <summary>Pixels of a row.</summary>
    public required long FrameWidth { get; init; }

    /// <summary>Type of the pixels, the same in all arrays.</summary>
    public DataType DataType => Settings.DataType;

    /// <summary>How pixels lie in memory when frames arrive.</summary>
    public PixelFormat PixelFormat => Settings.Frame.PixelFormat;

    /// <summary>
    /// Bits of each stored number that the camera fills, the sign included; null for floating point. A camera of 12 bits in
    /// uint16 has 12.
    /// </summary>
    public int? SignificantBits => DataType is DataType.Float32 or DataType.Float64
        ? null
        : Settings.Frame.SignificantBits ?? PixelFormat.SignificantBits() ?? DataType.Bits();

    /// <summary>Bytes of a row's pixels as they arrive.</summary>
    public long FrameRowBytes => PixelFormat.RowBytes(DataType, FrameWidth);

    /// <summary>Bytes from one row to the next of a frame that does not say otherwise.</summary>
    public long FrameRowStride => Settings.Frame.RowStride == 0 ? FrameRowBytes : Settings.Frame.RowStride;

    /// <summary>Bytes of such a frame, from its first pixel to its last.</summary>
    public long FrameBytes => checked(FrameRowStride * (FrameHeight - 1) + FrameRowBytes);

    /// <summary>Room that such a frame needs where a camera writes it: whole rows, and what follows the pixels.</summary>
    public long SlotBytes => Math.Max(checked(FrameRowStride * FrameHeight), Settings.Frame.SlotBytes ?? 0);
}
