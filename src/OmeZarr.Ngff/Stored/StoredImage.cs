using System.Collections.Immutable;

namespace OmeZarr.Ngff.Stored;

/// <summary>What the OME-Zarr metadata of any writer says of an image. What it leaves out is null.</summary>
/// <param name="Name">A name for people, or null.</param>
/// <param name="Axes">In the order of the arrays' axes.</param>
/// <param name="Levels">Full resolution first, at least one; the transformation of the whole image is worked in.</param>
/// <param name="Channels">How to show each index along the channel axis; may be empty.</param>
public sealed record StoredImage(
    string? Name, ImmutableArray<Axis> Axes, ImmutableArray<ResolutionLevel> Levels, ImmutableArray<StoredChannel> Channels);

/// <summary>How a channel is shown; each part may be left out.</summary>
/// <param name="Label">A name for people, or null.</param>
/// <param name="Color">Six hexadecimal digits, RGB, or null.</param>
/// <param name="Window">The intensities shown, or null.</param>
/// <param name="IsActive">Whether it is shown at first.</param>
/// <param name="IsInverted">Whether dark and bright are swapped.</param>
public sealed record StoredChannel(string? Label, string? Color, OmeroWindow? Window, bool IsActive, bool IsInverted);

/// <summary>What the OME-Zarr metadata of any writer says of a plate.</summary>
/// <param name="Name">A name for people, or null.</param>
/// <param name="Rows">Names of all rows.</param>
/// <param name="Columns">Names of all columns.</param>
/// <param name="Wells">The wells that have images.</param>
public sealed record StoredPlate(
    string? Name, ImmutableArray<string> Rows, ImmutableArray<string> Columns, ImmutableArray<StoredWell> Wells);

/// <summary>A well of a plate.</summary>
/// <param name="Path">Of its group, below the plate.</param>
/// <param name="Row">Index of its row.</param>
/// <param name="Column">Index of its column.</param>
public sealed record StoredWell(string Path, int Row, int Column);

/// <summary>What the attributes of a group say in OME-Zarr; several can be there at once.</summary>
/// <param name="Version">The version of the metadata.</param>
public sealed record StoredGroup(string Version)
{
    /// <summary>The image that it is, or null.</summary>
    public StoredImage? Image { get; init; }

    /// <summary>The plate that it is, or null.</summary>
    public StoredPlate? Plate { get; init; }

    /// <summary>The images of the well that it is, by their paths below it, or default.</summary>
    public ImmutableArray<WellImage> Well { get; init; }

    /// <summary>Whether the images below it are a collection, as bioformats2raw lays it out.</summary>
    public bool IsCollection { get; init; }

    /// <summary>Paths of a collection's images from its root, on the group that lists them, or default.</summary>
    public ImmutableArray<string> Series { get; init; }

    /// <summary>Paths of the label images below it, or default.</summary>
    public ImmutableArray<string> Labels { get; init; }
}
