using System.Collections.Immutable;
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
    public static JsonObject Image(string version, ImageMetadata image) =>
        Known(version) ? Ngff05.Image(image) : throw Unknown(version);

    /// <summary>The value on the root of a collection of images; see <see cref="Image"/> for errors and ownership.</summary>
    public static JsonObject Collection(string version) => Known(version) ? Ngff05.Collection() : throw Unknown(version);

    /// <summary>The value on the group that lists a collection's images; see <see cref="Image"/>.</summary>
    /// <param name="version">One of <see cref="All"/>.</param>
    /// <param name="paths">The images' paths from the root, in the order of the images in OME-XML.</param>
    public static JsonObject Series(string version, IEnumerable<string> paths) =>
        Known(version) ? Ngff05.Series(paths) : throw Unknown(version);

    /// <summary>The value on the root of a plate; see <see cref="Image"/>.</summary>
    /// <param name="version">One of <see cref="All"/>.</param>
    /// <param name="plate">The plate.</param>
    /// <param name="hasSeries">Whether its images are also listed by <see cref="Series"/>, for readers that know no
    /// plates.</param>
    public static JsonObject Plate(string version, PlateMetadata plate, bool hasSeries) =>
        Known(version) ? Ngff05.Plate(plate, hasSeries) : throw Unknown(version);

    /// <summary>The value on the group of a well; see <see cref="Image"/>.</summary>
    public static JsonObject Well(string version, ImmutableArray<WellImage> images) =>
        Known(version) ? Ngff05.Well(images) : throw Unknown(version);

    private static bool Known(string version) => version == Ngff05.Version;

    private static ArgumentException Unknown(string version) =>
        new($"OME-Zarr {version} is not known; known are {string.Join(", ", All)}", nameof(version));
}
