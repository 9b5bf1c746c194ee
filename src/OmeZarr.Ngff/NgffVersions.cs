using System.Collections.Immutable;

namespace OmeZarr.Ngff;

/// <summary>The versions of OME-Zarr that can be written.</summary>
public static class NgffVersions
{
    /// <summary>The attribute of a node that holds the metadata.</summary>
    public const string AttributeName = "ome";

    /// <summary>What is written unless another is asked for, and what metadata without a version are taken for.</summary>
    public static NgffVersion Default { get; } = new Ngff05();

    /// <summary>All versions.</summary>
    public static ImmutableArray<NgffVersion> All { get; } = [Default, new Ngff06()];

    /// <summary>The version that a dataset says of itself, or null when it is another.</summary>
    public static NgffVersion? OfStored(string stored) => All.FirstOrDefault(version => version.Stored == stored);
}
