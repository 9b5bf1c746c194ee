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
        var steps = Steps(plan, unboundedExtent);
        return new ImageMetadata(
            image.Name,
            [.. axes.Select(axis => new Axis(axis.Name, TypeOf(axis), axis.Unit))],
            [.. plan.Levels.Select(level => Level(plan, image, level.Path, Factors(axes.Length, steps[..(level.Number + 1)])))],
            ChannelDisplay.Of(plan, image, unboundedExtent, measured),
            plan.Levels.Length == 1 ? null : new Downscaling(plan.Settings.Pyramid.Method.Word(), steps[1..]));
    }

    /// <summary>The official schema takes an axis without a type for one more of space.</summary>
    private static string TypeOf(DimensionSettings axis) => (axis.Type ?? DimensionType.Other).ToString().ToLowerInvariant();

    /// <summary>
    /// How many elements became one on each level. An axis of one element shrinks no further: of the one that grows this is known
    /// only in the end, and until it has a length it is taken for long.
    /// </summary>
    private static ImmutableArray<ImmutableArray<int>> Steps(CameraPlan plan, long unboundedExtent)
    {
        var growing = plan.Router.UnboundedAxis;
        if (growing < 0 || unboundedExtent == 0)
            return [.. plan.Levels.Select(level => level.Step)];
        var length = unboundedExtent;
        return [.. plan.Levels.Select(level =>
        {
            var step = length == 1 ? 1 : level.Step[growing];
            length = LevelPlan.Shrunk(length, step);
            return level.Step.SetItem(growing, step);
        })];
    }

    private static ImmutableArray<long> Factors(int axes, ImmutableArray<ImmutableArray<int>> steps) =>
        [.. Enumerable.Range(0, axes).Select(axis => steps.Aggregate(1L, (factor, step) => factor * step[axis]))];

    /// <summary>Where a level lies: its first element is in the middle of a whole block, unless it is the first of it.</summary>
    private static ResolutionLevel Level(CameraPlan plan, ImagePlan image, string path, ImmutableArray<long> factors)
    {
        var axes = plan.Axes;
        ImmutableArray<double> scale = [.. axes.Select((axis, i) => (axis.Scale ?? 1) * factors[i])];
        return new ResolutionLevel(path, scale, [.. axes.Select((axis, i) =>
            (axis.Translation ?? 0) + (StagePlace.Along(axes, i, image.Position) ?? 0) + Shift(axis, factors[i]))]);

        double Shift(DimensionSettings axis, long factor) =>
            plan.Settings.Pyramid.Method == PyramidMethod.Decimate ? 0 : (factor - 1) / 2.0 * (axis.Scale ?? 1);
    }
}
