using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>The versions of OME-Zarr that can be written, each by an emitter of its own.</summary>
public static class NgffVersions
{
    /// <summary>The attribute of a node that holds the metadata.</summary>
    public const string AttributeName = "ome";

    /// <summary>The version that is written unless another is asked for.</summary>
    public const string Default = Ngff05.Version;

    /// <summary>All versions.</summary>
    public static IReadOnlyList<string> All { get; } = [Ngff05.Version];

    /// <summary>The value of <see cref="AttributeName"/> on the group of an image.</summary>
    /// <param name="version">One of <see cref="All"/>.</param>
    /// <param name="image">The image.</param>
    /// <returns>A new object that belongs to the caller.</returns>
    /// <exception cref="ArgumentException">The version is not known, or the ranks of axes and levels differ.</exception>
    public static JsonObject Image(string version, ImageMetadata image) => version switch
    {
        Ngff05.Version => Ngff05.Image(image),
        _ => throw new ArgumentException($"OME-Zarr {version} is not known; known are {string.Join(", ", All)}", nameof(version)),
    };
}
