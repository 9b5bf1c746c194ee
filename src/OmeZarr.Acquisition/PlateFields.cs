using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>Places the images of a plate in their wells.</summary>
internal static class PlateFields
{
    /// <summary>The images with their paths, such as <c>A/1/fov0</c>.</summary>
    public static ImmutableArray<ImagePlan> Place(PlateSettings plate, ImmutableArray<ImagePlan> images)
    {
        var placed = images.ToBuilder();
        foreach (var well in Wells(plate, images))
        {
            var names = FieldNames([.. well.Images.Select(image => images[image])]);
            foreach (var (image, name) in well.Images.Zip(names))
                placed[image] = images[image] with { Path = $"{well.Path}/{name}" };
        }

        return placed.ToImmutable();
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

    /// <summary>
    /// OME-Zarr allows only ASCII letters and digits here. Names keep theirs; when that leaves nothing of one, or two alike,
    /// the fields of this well are numbered.
    /// </summary>
    private static string[] FieldNames(ImagePlan[] fields)
    {
        var names = fields.Select(FieldName).ToArray();
        var usable = names.All(name => name.Length > 0)
            && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        return usable ? names : [.. Enumerable.Range(0, names.Length).Select(i => $"{i}")];
    }

    /// <summary>The position's name, and the indices along dimensions that an image has no axis for.</summary>
    public static string NameOf(ImagePlan field)
    {
        var others = field.Indices.Where(index => index.Dimension.Type != DimensionType.Position).Select(GroupNames.Part);
        return string.Concat(others.Prepend(field.Position!.Name));
    }

    private static string FieldName(ImagePlan field)
    {
        var name = GroupNames.Alphanumeric(NameOf(field));
        return name.Length == 0 || PathNames.Wrong(name) is not null ? "" : name;
    }
}
