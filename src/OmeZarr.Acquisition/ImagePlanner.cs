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
        var keys = CameraPaths(settings);
        ImmutableArray<ImagePlan>[] cameras = [.. settings.Cameras.Zip(keys, Unplaced)];
        if (settings.Plate is { } plate)
            return [PlateFields.Place(plate, cameras[0])];
        if (!settings.HasKeys && cameras[0].Length == 1)
            return [[cameras[0][0] with { Path = "", Name = OutputPath.NameOf(settings.RootPath) }]];
        var names = cameras.SelectMany(images => images).Select(image => image.Path).ToArray();
        var paths = new Queue<string>(GroupNames.Distinct(names, GroupNames.OmeGroup));
        return [.. cameras.Select(images => images.Select(image => image with { Path = paths.Dequeue() }).ToImmutableArray())];
    }

    /// <summary>For each camera what the paths of its own groups and images begin with; empty without keys.</summary>
    public static string[] CameraPaths(AcquisitionSettings settings) => !settings.HasKeys ? [""] : GroupNames.Distinct(
        [.. settings.Cameras.Select((camera, i) => GroupNames.PathOf(camera.Key, "array", i))], GroupNames.OmeGroup);

    private static DimensionSettings[] Selecting(CameraSettings camera)
    {
        var axes = camera.Axes;
        return [.. camera.Dimensions.Where(dimension => !axes.Contains(dimension))];
    }

    private static ImmutableArray<ImagePlan> Unplaced(CameraSettings camera, string path)
    {
        ImagePlan[] images = [.. Combinations(Selecting(camera)).Select(indices => Unplaced(camera.Key, path, indices))];
        // The only image of a camera is named by the camera alone, whatever selects it.
        return images is [var only] && path.Length > 0 ? [only with { Path = path, Name = camera.Key }] : [.. images];
    }

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

    /// <summary>An image with its name, and with the path that it has unless another one has the same.</summary>
    private static ImagePlan Unplaced(string key, string keyPath, ImmutableArray<ImageIndex> indices)
    {
        var at = indices.FirstOrDefault(index => index.Dimension.Type == DimensionType.Position);
        var position = at.Dimension?.Positions[at.Index];
        var others = indices.Where(index => index.Dimension.Type != DimensionType.Position).ToArray();
        var names = others.Select(GroupNames.NameOf);
        var paths = others.Select(GroupNames.PathOf);
        if (position is not null)
        {
            names = names.Prepend(position.Name + GridOf(position));
            paths = paths.Prepend(GroupNames.PathOf(position.Name, at.Dimension!.Name, at.Index) + GridOf(position));
        }

        return new ImagePlan
        {
            Path = PathNames.Of(Joined(keyPath, paths), GroupNames.LongestName),
            Camera = key,
            Name = Joined(key, names),
            Position = position,
            Indices = indices,
        };
    }

    private static string Joined(string key, IEnumerable<string> parts) =>
        string.Join('_', key.Length == 0 ? parts : parts.Prepend(key));

    /// <summary>A position's place in the grid, if it has one: the same name can be in each cell.</summary>
    private static string GridOf(PositionSettings position) => position.GridRow is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"_{position.GridRow}_{position.GridColumn}");
}
