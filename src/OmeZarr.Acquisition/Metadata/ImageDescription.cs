using OmeZarr.Ngff;

namespace OmeZarr.Acquisition;

/// <summary>Says in OME-Zarr's terms what an image of a plan is.</summary>
internal static class ImageDescription
{
    /// <param name="plan">The plan.</param>
    /// <param name="image">One of its images.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis by now.</param>
    /// <param name="measured">Intensities of the channels' pixels, as far as they are known.</param>
    public static ImageMetadata Of(CameraPlan plan, ImagePlan image, long unboundedExtent, IReadOnlyList<IntensityWindow?> measured)
    {
        var axes = plan.Axes;
        var full = new ResolutionLevel(
            ImagePlan.LevelPath,
            [.. axes.Select(axis => axis.Scale ?? 1)],
            [.. axes.Select((axis, i) => (axis.Translation ?? 0) + (StagePlace.Along(axes, i, image.Position) ?? 0))]);
        return new ImageMetadata(
            image.Name,
            [.. axes.Select(axis => new Axis(axis.Name, axis.Type?.ToString().ToLowerInvariant(), axis.Unit))],
            [full],
            ChannelDisplay.Of(plan, image, unboundedExtent, measured));
    }
}
