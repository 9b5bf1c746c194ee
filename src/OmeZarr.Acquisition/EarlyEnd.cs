using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition;

/// <summary>
/// What becomes of an acquisition with a declared end that is stopped before: the same acquisition with fewer elements along its
/// slowest dimension.
/// </summary>
public static class EarlyEnd
{
    /// <summary>
    /// The axis that is cut back: that of the slowest dimension of more than one element. -1 when this selects images or is one
    /// of channels, or when nothing is declared that could be missed.
    /// </summary>
    internal static int AxisOf(CameraSettings settings, ImmutableArray<DimensionSettings> axes)
    {
        var slowest = settings.Dimensions[..^2].FirstOrDefault(dimension => dimension.Count != 1);
        return slowest is null or { Count: null } or { Type: DimensionType.Channel } ? -1 : axes.IndexOf(slowest);
    }

    /// <summary>
    /// The plan as if it had been made for fewer elements along <see cref="CameraPlan.CutAxis"/> of its cameras.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lengths">What is left of each camera's axis, at least 1; null leaves a camera as it is.</param>
    public static AcquisitionPlan Cut(AcquisitionPlan plan, IReadOnlyList<long?> lengths)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.All(length => length is null))
            return plan;
        ImmutableArray<CameraPlan> cameras =
            [.. plan.Cameras.Zip(lengths, (camera, length) => length is { } left ? Cut(camera, left) : camera)];
        return plan with
        {
            Cameras = cameras,
            Arrays = [.. cameras.SelectMany(camera => camera.Levels).SelectMany(level => level.Arrays)],
        };
    }

    private static CameraPlan Cut(CameraPlan camera, long length)
    {
        var whole = camera.Axes[camera.CutAxis];
        var left = whole with
        {
            Count = length,
            Coordinates = whole.Coordinates.Length > length ? whole.Coordinates[..(int)length] : whole.Coordinates,
        };
        var settings = camera.Settings with { Dimensions = camera.Settings.Dimensions.Replace(whole, left) };
        var axes = camera.Axes.SetItem(camera.CutAxis, left);
        return camera with
        {
            Settings = settings,
            Axes = axes,
            Levels = Cut(camera.Levels, camera.CutAxis, length),
            Router = StorageAxes.Router(settings, axes),
            DeclaredFrames = camera.Router.TotalFrames,
        };
    }

    // An axis of one element shrinks no further, as when levels are planned.
    private static ImmutableArray<LevelPlan> Cut(ImmutableArray<LevelPlan> levels, int axis, long length)
    {
        var factor = 1;
        var cut = ImmutableArray.CreateBuilder<LevelPlan>(levels.Length);
        foreach (var level in levels)
        {
            var step = length == 1 ? 1 : level.Step[axis];
            length = LevelPlan.Shrunk(length, step);
            factor *= step;
            cut.Add(level with
            {
                Step = level.Step.SetItem(axis, step),
                Factors = level.Factors.SetItem(axis, factor),
                Arrays = [.. level.Arrays.Select(array => array with { Shape = array.Shape.SetItem(axis, length) })],
            });
        }

        return cut.MoveToImmutable();
    }
}
