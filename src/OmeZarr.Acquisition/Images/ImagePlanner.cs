using System.Collections.Immutable;
using System.Globalization;
using OmeZarr.Acquisition.Parsing;

namespace OmeZarr.Acquisition;

/// <summary>Lists the images of a dataset in the order of the router's array indices, and names their groups.</summary>
internal static class ImagePlanner
{
    /// <summary>Each image has a folder, an array and a writer of its own.</summary>
    public const int MostImages = 100_000;

    /// <summary>Reports more images than there can be.</summary>
    public static void Check(AcquisitionSettings settings, ProblemList problems)
    {
        var axes = ImageAxes.Of(settings.Dimensions);
        var selecting = settings.Dimensions.Where(dimension => !axes.Contains(dimension));
        var images = ArrayLayout.Product(selecting.Select(dimension => dimension.Count ?? 1));
        if (images > MostImages)
        {
            problems.Add(
                "dimensions",
                $"make {ProblemList.Show(images)} images (positions, and dimensions that an image has no axis for); at most "
                + $"{ProblemList.Show(MostImages)} are possible");
        }
    }

    public static ImmutableArray<ImagePlan> Of(AcquisitionSettings settings)
    {
        var axes = ImageAxes.Of(settings.Dimensions);
        var selecting = settings.Dimensions.Where(dimension => !axes.Contains(dimension)).ToArray();
        var images = Combinations(selecting).Select(Unplaced).ToImmutableArray();
        if (settings.Plate is { } plate)
            return PlateFields.Place(plate, images);
        if (images.Length == 1)
            return [images[0] with { Path = "", Name = OutputPath.NameOf(settings.RootPath) }];
        var names = images.Select(image => GroupNames.Possible(image.Name)).ToArray();
        return [.. images.Zip(GroupNames.Distinct(names, GroupNames.OmeGroup), (image, path) => image with { Path = path })];
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

    private static ImagePlan Unplaced(ImmutableArray<ImageIndex> indices)
    {
        var at = indices.FirstOrDefault(index => index.Dimension.Type == DimensionType.Position);
        var position = at.Dimension?.Positions[at.Index];
        var others = indices.Where(index => index.Dimension.Type != DimensionType.Position).Select(GroupNames.Part);
        return new ImagePlan
        {
            Path = "",
            Name = string.Join('_', position is null ? others : others.Prepend(NameOf(position))),
            Position = position,
            Indices = indices,
        };
    }

    /// <summary>The position's name, and its place in the grid if it has one: the same name can be in each cell.</summary>
    private static string NameOf(PositionSettings position) => position.GridRow is null
        ? position.Name
        : string.Create(CultureInfo.InvariantCulture, $"{position.Name}_{position.GridRow}_{position.GridColumn}");
}
