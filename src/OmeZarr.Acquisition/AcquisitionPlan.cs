using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;

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

    /// <summary>Whose frames come, in the order of the settings; at least one.</summary>
    public required ImmutableArray<CameraPlan> Cameras { get; init; }

    /// <summary>The images of all cameras, one camera after the other.</summary>
    public required ImmutableArray<ImagePlan> Images { get; init; }

    /// <summary>The wells of a plate that have images, in the order in which they are first visited; otherwise empty.</summary>
    public required ImmutableArray<WellPlan> Wells { get; init; }

    /// <summary>The arrays of all cameras, one camera after the other, and of each level after level.</summary>
    public required ImmutableArray<ArrayPlan> Arrays { get; init; }

    /// <summary>What is unusual about valid settings, for people to read; may be empty.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Bytes of the settings document that it was made of.</summary>
    public long SettingsBytes { get; init; }

    public PipelineSettings Pipeline => Settings.Pipeline;

    public DurabilitySettings Durability => Settings.Durability;

    public bool Overwrite => Settings.Overwrite;

    /// <summary>Whether a dataset that is there is gone on with.</summary>
    public bool Resume => Settings.Resume;
}
