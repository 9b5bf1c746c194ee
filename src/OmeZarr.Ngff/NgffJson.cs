using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>The parts of the metadata that are the same in all versions.</summary>
internal static class NgffJson
{
    /// <summary>How levels were made where there are none.</summary>
    private const string NoMethod = "none";

    /// <summary>Beyond it a double no longer tells neighbouring integers apart.</summary>
    private const double LargestExactInteger = 1L << 53;

    public static JsonArray List<T>(ImmutableArray<T> items, Func<T, JsonNode> emit) => new([.. items.Select(emit)]);

    public static JsonObject Axis(Axis axis)
    {
        var json = new JsonObject { ["name"] = axis.Name };
        if (axis.Type is not null)
            json["type"] = axis.Type;
        if (!string.IsNullOrEmpty(axis.Unit))
            json["unit"] = axis.Unit;
        return json;
    }

    /// <summary>A scale, and a translation where there is one.</summary>
    public static JsonArray Steps(ResolutionLevel level)
    {
        var steps = new JsonArray(new JsonObject { ["type"] = "scale", ["scale"] = List(level.Scale, Real) });
        if (level.Translation.Any(offset => offset != 0))
        {
            var translation = new JsonObject { ["type"] = "translation", ["translation"] = List(level.Translation, Real) };
            steps.Add((JsonNode)translation);
        }

        return steps;
    }

    /// <summary>How levels were made. What is said of a method beyond its name is free.</summary>
    public static void AddDownscaling(JsonObject multiscale, Downscaling? downscaling)
    {
        multiscale["type"] = downscaling?.Method ?? NoMethod;
        multiscale["metadata"] = downscaling is null
            ? new JsonObject { ["description"] = "full resolution only", ["method"] = NoMethod }
            : new JsonObject
            {
                ["description"] =
                    "each level is made from the one before it; blocks at an edge are of the elements that exist",
                ["method"] = downscaling.Method,
                ["kwargs"] = new JsonObject
                {
                    ["factors"] = List(downscaling.Factors, step => List(step, factor => JsonValue.Create(factor))),
                },
            };
    }

    public static JsonObject Omero(Omero omero) => new()
    {
        ["channels"] = List(omero.Channels, Channel),
        ["rdefs"] = new JsonObject
        {
            ["defaultT"] = omero.RenderingDefaults.DefaultT,
            ["defaultZ"] = omero.RenderingDefaults.DefaultZ,
            ["model"] = omero.RenderingDefaults.Model,
        },
    };

    public static void AddPlate(JsonObject json, PlateMetadata plate)
    {
        json["name"] = plate.Name;
        json["field_count"] = plate.FieldCount;
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
    }

    public static JsonObject WellImage(WellImage image)
    {
        var json = new JsonObject { ["path"] = image.Path };
        if (image.Acquisition is { } acquisition)
            json["acquisition"] = acquisition;
        return json;
    }

    private static JsonObject Channel(OmeroChannel channel) => new()
    {
        ["label"] = channel.Label,
        ["color"] = channel.Color,
        ["active"] = channel.Active,
        ["inverted"] = channel.Inverted,
        ["coefficient"] = 1,
        ["family"] = "linear",
        ["window"] = new JsonObject
        {
            ["min"] = Intensity(channel.Window.Min),
            ["max"] = Intensity(channel.Window.Max),
            ["start"] = Intensity(channel.Window.Start),
            ["end"] = Intensity(channel.Window.End),
        },
    };

    private static JsonObject Named(string name) => new() { ["name"] = name };

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

    /// <summary>A list of floats: whole numbers keep a point, which readers in typed languages want.</summary>
    private static JsonNode Real(double number) => double.IsInteger(number) && Math.Abs(number) < LargestExactInteger
        ? JsonNode.Parse(number.ToString("0.0", CultureInfo.InvariantCulture))!
        : JsonValue.Create(number);

    /// <summary>Intensities of integer pixels are integers.</summary>
    private static JsonValue Intensity(double number) => double.IsInteger(number) && Math.Abs(number) < LargestExactInteger
        ? JsonValue.Create((long)number)
        : JsonValue.Create(number);
}
