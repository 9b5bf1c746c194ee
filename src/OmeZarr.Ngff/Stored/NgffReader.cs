using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>
/// Reads OME-Zarr 0.5 from the attributes of groups, whoever wrote them. What the specification demands and the image cannot be
/// read without has to be right; the rest may be missing.
/// </summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html"/>
public static class NgffReader
{
    /// <summary>What the attributes say, or null when they say nothing in OME-Zarr's terms.</summary>
    /// <exception cref="NgffFormatException">They are not valid, or of another version; the message says where.</exception>
    public static StoredGroup? Read(JsonObject? attributes)
    {
        if (attributes?[NgffVersions.AttributeName] is not { } value)
            return null;
        const string at = NgffVersions.AttributeName;
        var ome = value.AsObject(at);
        var version = ReadVersion(ome, at);
        return new StoredGroup(version)
        {
            Image = ome["multiscales"] is { } multiscales ? ReadImage(multiscales, ome["omero"], at) : null,
            Plate = ome["plate"] is { } plate ? ReadPlate(plate.AsObject($"{at}.plate"), $"{at}.plate") : null,
            Well = ome["well"] is { } well ? ReadWell(well.AsObject($"{at}.well"), $"{at}.well") : default,
            IsCollection = ome["bioformats2raw.layout"] is not null,
            Series = ome["series"] is { } series ? series.Each($"{at}.series", NgffJson.AsText) : default,
            Labels = ome["labels"] is { } labels ? labels.Each($"{at}.labels", NgffJson.AsText) : default,
        };
    }

    // Where the group has none of its own, plates and wells of early writers do.
    private static string ReadVersion(JsonObject ome, string at)
    {
        var version = (ome["version"] ?? (ome["plate"] as JsonObject)?["version"] ?? (ome["well"] as JsonObject)?["version"])
            .AsOptionalText($"{at}.version") ?? NgffVersions.Default;
        return NgffVersions.All.Contains(version)
            ? version
            : throw new NgffFormatException(
                $"OME-Zarr {version} is not supported; known are {string.Join(", ", NgffVersions.All)}.");
    }

    private static StoredImage ReadImage(JsonNode multiscales, JsonNode? omero, string at)
    {
        var list = multiscales.AsList($"{at}.multiscales");
        if (list.Count == 0)
            throw new NgffFormatException($"`{at}.multiscales` is empty.");
        at = $"{at}.multiscales[0]";
        var image = list[0].AsObject(at);
        var axes = image["axes"].Each($"{at}.axes", ReadAxis);
        if (axes.Length == 0 || axes.DistinctBy(axis => axis.Name).Count() != axes.Length)
            throw NgffJson.Expected($"{at}.axes", "a list of axes with different names", image["axes"]);
        var whole = Transformations.Read(image["coordinateTransformations"], axes.Length, $"{at}.coordinateTransformations");
        var levels = image["datasets"].Each($"{at}.datasets", (level, place) => ReadLevel(level, axes.Length, whole, place));
        if (levels.Length == 0)
            throw new NgffFormatException($"`{at}.datasets` is empty.");
        return new StoredImage(image["name"].AsOptionalText($"{at}.name"), axes, levels, ReadChannels(omero));
    }

    private static Axis ReadAxis(JsonNode? node, string at)
    {
        var axis = node.AsObject(at);
        return new Axis(axis["name"].AsText($"{at}.name"), axis["type"].AsOptionalText($"{at}.type"),
            axis["unit"].AsOptionalText($"{at}.unit"));
    }

    private static ResolutionLevel ReadLevel(JsonNode? node, int axes, Transformations whole, string at)
    {
        var level = node.AsObject(at);
        var own = Transformations.Read(level["coordinateTransformations"], axes, $"{at}.coordinateTransformations").Then(whole);
        return new ResolutionLevel(level["path"].AsText($"{at}.path"), own.Scale, own.Translation);
    }

    /// <summary>How to show an image is no part of it: what is not as it should be is left out.</summary>
    private static ImmutableArray<StoredChannel> ReadChannels(JsonNode? omero)
    {
        try
        {
            return (omero as JsonObject)?["channels"] is { } channels ? channels.Each("omero.channels", ReadChannel) : [];
        }
        catch (NgffFormatException)
        {
            return [];
        }
    }

    private static StoredChannel ReadChannel(JsonNode? node, string at)
    {
        var channel = node.AsObject(at);
        return new StoredChannel(
            channel["label"].AsOptionalText(at),
            channel["color"].AsOptionalText(at),
            channel["window"] is { } window ? ReadWindow(window.AsObject(at), at) : null,
            channel["active"].AsBoolean(at, ifMissing: true),
            channel["inverted"].AsBoolean(at, ifMissing: false));
    }

    private static OmeroWindow ReadWindow(JsonObject window, string at)
    {
        var (start, end) = (window["start"].AsNumber(at), window["end"].AsNumber(at));
        return new OmeroWindow(
            window["min"] is { } min ? min.AsNumber(at) : start, window["max"] is { } max ? max.AsNumber(at) : end, start, end);
    }

    private static StoredPlate ReadPlate(JsonObject plate, string at)
    {
        var rows = plate["rows"].Each($"{at}.rows", ReadName);
        var columns = plate["columns"].Each($"{at}.columns", ReadName);
        return new StoredPlate(plate["name"].AsOptionalText($"{at}.name"), rows, columns,
            plate["wells"].Each($"{at}.wells", (node, place) => ReadPlateWell(node, rows.Length, columns.Length, place)));
    }

    private static string ReadName(JsonNode? node, string at) => node.AsObject(at)["name"].AsText($"{at}.name");

    private static StoredWell ReadPlateWell(JsonNode? node, int rows, int columns, string at)
    {
        var well = node.AsObject(at);
        var found = new StoredWell(
            well["path"].AsText($"{at}.path"), well["rowIndex"].AsIndex($"{at}.rowIndex"),
            well["columnIndex"].AsIndex($"{at}.columnIndex"));
        return found.Row < rows && found.Column < columns
            ? found
            : throw new NgffFormatException($"`{at}` is in row {found.Row} and column {found.Column} of {rows} and {columns}.");
    }

    private static ImmutableArray<WellImage> ReadWell(JsonObject well, string at) =>
        well["images"].Each($"{at}.images", (node, place) =>
        {
            var image = node.AsObject(place);
            return new WellImage(image["path"].AsText($"{place}.path"),
                image["acquisition"] is { } acquisition ? acquisition.AsIndex($"{place}.acquisition") : null);
        });
}
