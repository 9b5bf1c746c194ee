using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

// Collections of images: plates and wells, and the transitional layout of bioformats2raw for all others.
internal static partial class Ngff05
{
    private const string CollectionKey = "bioformats2raw.layout";
    private const int CollectionLayout = 3;

    public static JsonObject Collection() => new() { ["version"] = Version, [CollectionKey] = CollectionLayout };

    public static JsonObject Series(IEnumerable<string> paths) =>
        new() { ["version"] = Version, ["series"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]) };

    public static JsonObject Plate(PlateMetadata plate, bool hasSeries)
    {
        var json = new JsonObject { ["version"] = Version, ["name"] = plate.Name, ["field_count"] = plate.FieldCount };
        if (plate.Acquisitions.Length > 0)
            json["acquisitions"] = List(plate.Acquisitions, Acquisition);
        json["rows"] = List(plate.Rows, Named);
        json["columns"] = List(plate.Columns, Named);
        json["wells"] = List(plate.Wells, well => new JsonObject
        {
            ["path"] = $"{plate.Rows[well.Row]}/{plate.Columns[well.Column]}",
            ["rowIndex"] = well.Row,
            ["columnIndex"] = well.Column,
        });
        var ome = hasSeries ? Collection() : new JsonObject { ["version"] = Version };
        ome["plate"] = json;
        return ome;
    }

    public static JsonObject Well(ImmutableArray<WellImage> images) => new()
    {
        ["version"] = Version,
        ["well"] = new JsonObject { ["version"] = Version, ["images"] = List(images, Image) },
    };

    private static JsonObject Named(string name) => new() { ["name"] = name };

    private static JsonObject Image(WellImage image)
    {
        var json = new JsonObject { ["path"] = image.Path };
        if (image.Acquisition is { } acquisition)
            json["acquisition"] = acquisition;
        return json;
    }

    private static JsonObject Acquisition(PlateAcquisition acquisition)
    {
        var json = new JsonObject { ["id"] = acquisition.Id };
        if (acquisition.Name is { } name)
            json["name"] = name;
        if (acquisition.Description is { } description)
            json["description"] = description;
        json["maximumfieldcount"] = acquisition.MaximumFieldCount;
        if (acquisition.StartTime is { } start)
            json["starttime"] = start;
        if (acquisition.EndTime is { } end)
            json["endtime"] = end;
        return json;
    }
}
