using System.Collections.Immutable;
using System.Globalization;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>
/// Lists the images of a dataset camera by camera in the order of the router's array indices, and names their groups.
/// </summary>
internal static class ImagePlanner
{

    /// <summary>Reports more images than there can be.</summary>
    public static void Check(AcquisitionSettings settings, ProblemList problems)
    {
        var counts =
            settings.Cameras.Select(camera => ArrayLayout.Product(Selecting(camera).Select(dimension => dimension.Count ?? 1)));
        var images = counts.Aggregate(0L, (sum, count) => sum > long.MaxValue - count ? long.MaxValue : sum + count);
        if (images > Limits.MostImages)
        {
            problems.Add(
                settings.HasKeys ? "arrays" : "dimensions",
                $"make {ProblemList.Show(images)} images (positions, and dimensions that an image has no axis for); at most "
                + $"{ProblemList.Show(Limits.MostImages)} are possible");
        }
    }

    /// <summary>The images of each camera.</summary>
    public static ImmutableArray<ImagePlan>[] Of(AcquisitionSettings settings)
    {
        ImmutableArray<ImagePlan>[] cameras = [.. settings.Cameras.Select(Unplaced)];
        if (settings.Plate is { } plate)
            return [PlateFields.Place(plate, cameras[0])];
        if (!settings.HasKeys && cameras[0].Length == 1)
            return [[cameras[0][0] with { Path = "", Name = OutputPath.NameOf(settings.RootPath) }]];
        var names = cameras.SelectMany(images => images).Select(image => GroupNames.Possible(image.Name)).ToArray();
        var paths = new Queue<string>(GroupNames.Distinct(names, GroupNames.OmeGroup));
        return [.. cameras.Select(images => images.Select(image => image with { Path = paths.Dequeue() }).ToImmutableArray())];
    }

    private static DimensionSettings[] Selecting(CameraSettings camera)
    {
        var axes = ImageAxes.Of(camera.Dimensions);
        return [.. camera.Dimensions.Where(dimension => !axes.Contains(dimension))];
    }

    private static ImmutableArray<ImagePlan> Unplaced(CameraSettings camera) =>
        [.. Combinations(Selecting(camera)).Select(indices => Unplaced(camera.Key, indices))];

    /// <summary>Every combination of indices, the last dimension's changing fastest.</summary>
    private static IEnumerable<ImmutableArray<ImageIndex>> Combinations(DimensionSettings[] selecting)
    {
        IEnumerable<ImmutableArray<ImageIndex>> combinations = [[]];
        foreach (var dimension in selecting)
        {
            var indices = Enumerable.Range(0, (int)dimension.Count!.Value).Select(i => new ImageIndex(dimension, i)).ToArray();
            combinations = combinations.SelectMany(_ => indices, (combination, index) => combination.Add(index));
        }

        return combinations;
    }

    private static ImagePlan Unplaced(string key, ImmutableArray<ImageIndex> indices)
    {
        var at = indices.FirstOrDefault(index => index.Dimension.Type == DimensionType.Position);
        var position = at.Dimension?.Positions[at.Index];
        var others = indices.Where(index => index.Dimension.Type != DimensionType.Position).Select(GroupNames.Part);
        var parts = position is null ? others : others.Prepend(NameOf(position));
        return new ImagePlan
        {
            Path = "",
            Camera = key,
            Name = string.Join('_', key.Length == 0 ? parts : parts.Prepend(key)),
            Position = position,
            Indices = indices,
        };
    }

    /// <summary>The position's name, and its place in the grid if it has one: the same name can be in each cell.</summary>
    private static string NameOf(PositionSettings position) => position.GridRow is null
        ? position.Name
        : string.Create(CultureInfo.InvariantCulture, $"{position.Name}_{position.GridRow}_{position.GridColumn}");
}
