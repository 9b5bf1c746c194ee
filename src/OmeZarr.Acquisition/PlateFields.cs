using System.Collections.Immutable;
using System.Globalization;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>Places the images of a plate in their wells.</summary>
internal static class PlateFields
{
    /// <summary>
    /// The images with their paths, such as <c>A/1/0</c>. The fields of each well are numbered in the order in which they are
    /// acquired, unless settings ask for names: some readers look in every well for the fields of the first.
    /// </summary>
    public static ImmutableArray<ImagePlan> Place(PlateSettings plate, ImmutableArray<ImagePlan> images)
    {
        var placed = images.ToBuilder();
        foreach (var well in Wells(plate, images))
        {
            var names = well.Images.Select((image, field) =>
                plate.NamesFields ? NameOf(images[image]) : field.ToString(CultureInfo.InvariantCulture));
            foreach (var (image, field) in well.Images.Zip(GroupNames.Distinct([.. names], GroupNames.OmeGroup)))
                placed[image] = images[image] with { Path = $"{well.Path}/{field}" };
        }

        return placed.ToImmutable();
    }

    /// <summary>A field's name as a path: that of its position, without the place in a grid, and what else selects it.</summary>
    private static string NameOf(ImagePlan image)
    {
        var parts = image.Indices.Select(at => at.Dimension.Type == DimensionType.Position
            ? GroupNames.PathOf(image.Position!.Name, at.Dimension.Name, at.Index)
            : GroupNames.PathOf(at));
        return PathNames.Of(string.Join('_', parts), GroupNames.LongestName);
    }

    /// <summary>The wells that have images, in the order in which they are first visited.</summary>
    public static ImmutableArray<WellPlan> Wells(PlateSettings plate, ImmutableArray<ImagePlan> images)
    {
        var rows = plate.RowNames.Index().ToDictionary(row => row.Item, row => row.Index);
        var columns = plate.ColumnNames.Index().ToDictionary(column => column.Item, column => column.Index);
        return [.. images.Index()
            .GroupBy(image => (Row: image.Item.Position!.PlateRow!, Column: image.Item.Position!.PlateColumn!))
            .Select(well => new WellPlan(
                rows[well.Key.Row],
                columns[well.Key.Column],
                $"{well.Key.Row}/{well.Key.Column}",
                [.. well.Select(image => image.Index)]))];
    }
}
