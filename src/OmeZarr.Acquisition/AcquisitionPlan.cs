using System.Collections.Immutable;
using OmeZarr.Zarr;

namespace OmeZarr.Acquisition;

/// <summary>
/// All that is decided before the first frame: what is written where, in which shape, and where each frame goes.
/// Immutable; made by <see cref="AcquisitionPlanner"/>.
/// </summary>
public sealed record AcquisitionPlan
{
    public required AcquisitionSettings Settings { get; init; }

    /// <summary>The dataset's folder: root path and suffix, a leading <c>~</c> replaced by the user's home.</summary>
    public required string OutputPath { get; init; }

    /// <summary>How the images are arranged.</summary>
    public required DatasetStructure Structure { get; init; }

    /// <summary>Whether the dataset is described in OME-XML too.</summary>
    public required bool HasOmeXml { get; init; }

    /// <summary>The axes of every image, in storage order.</summary>
    public required ImmutableArray<DimensionSettings> Axes { get; init; }

    /// <summary>In the order of the router's array indices.</summary>
    public required ImmutableArray<ImagePlan> Images { get; init; }

    /// <summary>The wells of a plate that have images, in the order in which they are first visited; otherwise empty.</summary>
    public required ImmutableArray<WellPlan> Wells { get; init; }

    /// <summary>The array of each image, in the order of the router's array indices.</summary>
    public required ImmutableArray<ArrayPlan> Arrays { get; init; }

    public required FrameRouter Router { get; init; }

    /// <summary>Rows of a frame.</summary>
    public required long FrameHeight { get; init; }

    /// <summary>Pixels of a row.</summary>
    public required long FrameWidth { get; init; }

    /// <summary>What is unusual about valid settings, for people to read; may be empty.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Type of the pixels, the same in all arrays.</summary>
    public DataType DataType => Settings.DataType;

    /// <summary>How pixels lie in memory when frames arrive.</summary>
    public PixelFormat PixelFormat => Settings.Frame.PixelFormat;

    /// <summary>Bytes of a row's pixels as they arrive.</summary>
    public long FrameRowBytes => PixelFormat.RowBytes(DataType, FrameWidth);

    /// <summary>Bytes from one row to the next of a frame that does not say otherwise.</summary>
    public long FrameRowStride => Settings.Frame.RowStride == 0 ? FrameRowBytes : Settings.Frame.RowStride;

    /// <summary>Bytes of such a frame, from its first pixel to its last.</summary>
    public long FrameBytes => checked(FrameRowStride * (FrameHeight - 1) + FrameRowBytes);

    /// <summary>Room that such a frame needs where a camera writes it: whole rows, and what follows the pixels.</summary>
    public long SlotBytes => Math.Max(checked(FrameRowStride * FrameHeight), Settings.Frame.SlotBytes ?? 0);

    public PipelineSettings Pipeline => Settings.Pipeline;

    public DurabilitySettings Durability => Settings.Durability;

    public bool Overwrite => Settings.Overwrite;
}
