using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff;

namespace OmeZarr.Documents;

/// <summary>Says in OME-Zarr's terms what an image of a plan is.</summary>
internal static class ImageDescription
{
    /// <param name="plan">The plan.</param>
    /// <param name="image">One of its images.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis by now.</param>
    /// <param name="measured">Intensities of the channels' pixels, as far as they are known.</param>
    public static ImageMetadata Of(CameraPlan plan, ImagePlan image, long unboundedExtent,
        IReadOnlyList<IntensityWindow?> measured)
    {
        var axes = plan.Axes;
        return new ImageMetadata(
            image.Name,
            [.. axes.Select(axis => new Axis(axis.Name, axis.Type?.ToString().ToLowerInvariant(), axis.Unit))],
            [.. plan.Levels.Select(level => Level(plan, image, level))],
            ChannelDisplay.Of(plan, image, unboundedExtent, measured),
            plan.Levels.Length == 1 ? null : Downscaling(plan));
    }

    /// <summary>Where a level lies: its first element is in the middle of a whole block, unless it is the first of it.</summary>
    private static ResolutionLevel Level(CameraPlan plan, ImagePlan image, LevelPlan level)
    {
        var axes = plan.Axes;
        ImmutableArray<double> scale = [.. axes.Select((axis, i) => (axis.Scale ?? 1) * level.Factors[i])];
        return new ResolutionLevel(level.Path, scale, [.. axes.Select((axis, i) =>
            (axis.Translation ?? 0) + (StagePlace.Along(axes, i, image.Position) ?? 0) + Shift(axis, level.Factors[i]))]);

        double Shift(DimensionSettings axis, int factor) =>
            plan.Settings.Pyramid.Method == PyramidMethod.Decimate ? 0 : (factor - 1) / 2.0 * (axis.Scale ?? 1);
    }

    private static Downscaling Downscaling(CameraPlan plan) =>
        new(plan.Settings.Pyramid.Method.Word(), [.. plan.Levels.Skip(1).Select(level => level.Step)]);
}
