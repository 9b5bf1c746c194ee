using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>
/// Reads OME-Zarr from the attributes of groups, whoever wrote them. What the specification demands and the image cannot be
/// read without has to be right; the rest may be missing.
/// </summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html"/>
public static class NgffReader
{
    private static readonly FrozenDictionary<string, Func<JsonObject, string, Multiscale>> Multiscales =
        new Dictionary<string, Func<JsonObject, string, Multiscale>>
        {
            ["0.5"] = Multiscale05.Read,
            ["0.6rc0"] = Multiscale06.Read,
        }.ToFrozenDictionary(StringComparer.Ordinal);

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
            Image = ome["multiscales"] is { } multiscales
                ? ReadImage(Multiscales[version], multiscales, ome["omero"], at) : null,
            Plate = ome["plate"] is { } plate ? ReadPlate(plate.AsObject($"{at}.plate"), $"{at}.plate") : null,
            Well = ome["well"] is { } well ? ReadWell(well.AsObject($"{at}.well"), $"{at}.well") : default,
            IsCollection = ome["bioformats2raw.layout"] is not null,
            Series = ome["series"] is { } series ? series.Each($"{at}.series", StoredJson.AsText) : default,
            Labels = ome["labels"] is { } labels ? labels.Each($"{at}.labels", StoredJson.AsText) : default,
        };
    }

    // Where the group has none of its own, plates and wells of early writers do.
    private static string ReadVersion(JsonObject ome, string at)
    {
        var version = (ome["version"] ?? (ome["plate"] as JsonObject)?["version"] ?? (ome["well"] as JsonObject)?["version"])
            .AsOptionalText($"{at}.version") ?? NgffVersions.Default.Stored;
        return Multiscales.ContainsKey(version)
            ? version
            : throw new NgffFormatException(
                $"OME-Zarr {version} is not supported; known are {string.Join(", ", Multiscales.Keys.Order())}.");
    }

    private static StoredImage ReadImage(
        Func<JsonObject, string, Multiscale> read, JsonNode multiscales, JsonNode? omero, string at)
    {
        var list = multiscales.AsList($"{at}.multiscales");
        if (list.Count == 0)
            throw new NgffFormatException($"`{at}.multiscales` is empty.");
        at = $"{at}.multiscales[0]";
        var image = list[0].AsObject(at);
        var (axes, levels) = read(image, at);
        if (levels.Length == 0)
            throw new NgffFormatException($"`{at}.datasets` is empty.");
        return new StoredImage(image["name"].AsOptionalText($"{at}.name"), axes, levels, ReadChannels(omero));
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
