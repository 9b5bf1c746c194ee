using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>Decides the resolution levels of a camera's images: how many, how much each shrinks, and their arrays.</summary>
internal static class LevelPlanner
{
    /// <summary>
    /// The last level that <c>"auto"</c> makes has at most so many rows and columns: what a viewer shows as an overview.
    /// </summary>
    public const long OverviewPixels = 256;

    public const int MostLevels = 32;

    /// <summary>Each is an object of its own while frames come, and a document in the store.</summary>
    public const int MostArrays = Limits.MostImages;

    private const int UsualFactor = 2;

    /// <summary>
    /// The levels with their arrays' layout, whose paths are the caller's to complete; the first is full resolution.
    /// </summary>
    /// <param name="settings">What is stored.</param>
    /// <param name="full">The array of full resolution.</param>
    /// <param name="path">Where <c>pyramid</c> is given.</param>
    /// <param name="problems">Receives what cannot be.</param>
    public static ImmutableArray<LevelPlan> Of(CameraSettings settings, ArrayPlan full, string path, ProblemList problems)
    {
        var axes = StorageAxes.InOrder(settings);
        CheckFactors(settings, axes, path, problems);
        if (!problems.IsEmpty)
            return [];
        ImmutableArray<int> factors = [.. axes.Select((axis, i) =>
            settings.Pyramid.Factors.GetValueOrDefault(axis.Name, i >= axes.Length - 2 ? UsualFactor : 1))];
        var levels = new List<LevelPlan>
        {
            new() { Number = 0, Step = [.. axes.Select(_ => 1)], Factors = [.. axes.Select(_ => 1)], Arrays = [full] },
        };
        while (IsWanted(settings.Pyramid, levels) && Next(levels[^1], factors, full) is { } next)
            levels.Add(next);
        if (settings.Pyramid.Levels > levels.Count)
        {
            problems.Add(
                $"{path}.levels",
                $"is {ProblemList.Show(settings.Pyramid.Levels.Value)}; with these frames and factors at most "
                    + $"{ProblemList.Show(levels.Count)} are possible");
        }

        return [.. levels];
    }

    private static bool IsWanted(PyramidSettings pyramid, List<LevelPlan> levels) => pyramid.Levels is { } asked
        ? levels.Count < asked
        : Math.Max(levels[^1].Height, levels[^1].Width) > OverviewPixels && levels.Count < Limits.MostLevels;

    /// <summary>Only what lies in space can be looked at from further away, and only within an image.</summary>
    private static void CheckFactors(CameraSettings settings, ImmutableArray<DimensionSettings> axes, string path,
        ProblemList problems)
    {
        foreach (var dimension in settings.Dimensions.Where(dimension =>
            settings.Pyramid.Factors.GetValueOrDefault(dimension.Name, 1) > 1))
        {
            if (dimension.Type != DimensionType.Space || !axes.Contains(dimension))
            {
                problems.Add(
                    $"{path}.factors.{dimension.Name}",
                    $"is {ProblemList.Show(settings.Pyramid.Factors[dimension.Name])}; only dimensions of space that are axes "
                        + $"of the images can shrink");
            }
        }
    }

    /// <summary>The level after another one; null when nothing is left to shrink, or the factors cannot be counted.</summary>
    private static LevelPlan? Next(LevelPlan level, ImmutableArray<int> factors, ArrayPlan full)
    {
        var array = level.Arrays[0];
        ImmutableArray<int> step =
            [.. factors.Select((factor, axis) => axis != array.UnboundedAxis && array.Shape[axis] == 1 ? 1 : factor)];
        var shrinks = step.Index().Any(axis => axis.Item > 1 && axis.Index != array.UnboundedAxis);
        var total = level.Factors.Zip(step, (before, by) => (long)before * by).ToArray();
        if (!shrinks || total.Max() > int.MaxValue)
            return null;
        return new LevelPlan
        {
            Number = level.Number + 1,
            Step = step,
            Factors = [.. total.Select(factor => (int)factor)],
            Arrays = [Smaller(array, step, level.Number + 1, full)],
        };
    }

    /// <summary>Chunks are as large as those of full resolution, or as large as the array; shards hold as many of them.</summary>
    private static ArrayPlan Smaller(ArrayPlan array, ImmutableArray<int> step, int number, ArrayPlan full)
    {
        ImmutableArray<long> shape = [.. array.Shape.Select((length, axis) => LevelPlan.Shrunk(length, step[axis]))];
        ImmutableArray<int> chunks = [.. array.ChunkShape.Select((length, axis) => (int)Math.Min(length, Bound(axis)))];
        return array with
        {
            Path = LevelPlan.PathOf(number),
            Shape = shape,
            ChunkShape = chunks,
            ShardShapeInChunks = !array.IsSharded ? default
                : Shards(full.ShardShapeInChunks,
                    [.. chunks.Select((chunk, axis) => ArrayLayout.ChunksAlong(Bound(axis), chunk))]),
        };

        long Bound(int axis) => axis == array.UnboundedAxis ? long.MaxValue : shape[axis];
    }

    /// <summary>
    /// A frame has fewer chunks on each level: a shard takes in more frames instead, along the last axes first, so that a level
    /// has fewer files than the one before and not as many.
    /// </summary>
    /// <param name="full">Chunks of a shard of full resolution.</param>
    /// <param name="needed">Chunks along each axis.</param>
    private static ImmutableArray<int> Shards(ImmutableArray<int> full, long[] needed)
    {
        var shards = full.Select((length, axis) => (int)Math.Min(length, needed[axis])).ToArray();
        for (var axis = shards.Length - 3; axis >= 0; axis--)
        {
            var spare = ArrayLayout.Product(full.Select(length => (long)length)) / ArrayLayout.Product(
                shards.Select(length => (long)length));
            shards[axis] = (int)Math.Min(shards[axis] * spare, needed[axis]);
        }

        return [.. shards];
    }
}
