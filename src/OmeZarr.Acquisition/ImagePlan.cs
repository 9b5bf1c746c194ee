using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition;

/// <summary>How the images of a dataset are arranged; docs/layouts.md draws each.</summary>
public enum DatasetStructure
{
    /// <summary>One image at the root.</summary>
    Image,

    /// <summary>A group for each image, listed in <c>OME/zarr.json</c>.</summary>
    Collection,

    /// <summary>Rows of wells of images.</summary>
    Plate,
}

/// <summary>One image of the dataset: a group that has its array.</summary>
public sealed record ImagePlan
{
    /// <summary>The group's key prefix in the store without a closing '/', such as <c>A/1/fov0</c>; empty for the root.</summary>
    public required string Path { get; init; }

    /// <summary>The key of the camera that takes it; empty without <c>arrays</c>.</summary>
    public required string Camera { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Where it was taken, or null when the acquisition has no positions.</summary>
    public required PositionSettings? Position { get; init; }

    /// <summary>What selects it: each dimension that is no axis of the images, in acquisition order.</summary>
    public required ImmutableArray<ImageIndex> Indices { get; init; }

    /// <summary>A key below the image's group.</summary>
    internal string Below(string name) => Path.Length == 0 ? name : $"{Path}/{name}";
}

/// <summary>A well that has images.</summary>
/// <param name="Row">Index of its row in the plate, from 0.</param>
/// <param name="Column">Index of its column in the plate, from 0.</param>
/// <param name="Path">Its group's key prefix, such as <c>A/1</c>.</param>
/// <param name="Images">Its images in acquisition order, as the plan counts them.</param>
public sealed record WellPlan(int Row, int Column, string Path, ImmutableArray<int> Images);
