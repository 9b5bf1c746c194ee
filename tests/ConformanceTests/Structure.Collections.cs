using System.Text.Json;
using System.Text.RegularExpressions;

namespace OmeZarr.ConformanceTests;

// Plates, wells and series: https://ngff.openmicroscopy.org/0.5/#plate-md and #bf2raw
internal sealed partial class Structure
{
    private void CheckPlate(string path, JsonElement plate)
    {
        var rows = Names(plate, "rows");
        var columns = Names(plate, "columns");
        HashSet<string> paths = new(StringComparer.Ordinal);
        foreach (var well in plate.GetProperty("wells").EnumerateArray())
        {
            var wellPath = well.GetProperty("path").GetString()!;
            var row = well.GetProperty("rowIndex").GetInt32();
            var column = well.GetProperty("columnIndex").GetInt32();
            if (row < 0 || row >= rows.Length || column < 0 || column >= columns.Length)
                Say(path, $"the well '{wellPath}' is in row {row} and column {column}, outside the plate");
            else if (wellPath != $"{rows[row]}/{columns[column]}")
                Say(path, $"the well '{wellPath}' has the indices of {rows[row]}/{columns[column]}");
            if (!paths.Add(wellPath))
                Say(path, $"the well '{wellPath}' is named twice");
            if (Node(Below(path, wellPath)) is not { } node || Ome(node)?.TryGetProperty("well", out _) != true)
                Say(path, $"the well '{wellPath}' is not there");
            if (Node(Below(path, wellPath.Split('/')[0])) is null)
                Say(path, $"the row of the well '{wellPath}' is no group");
        }
    }

    private void CheckWell(string path, JsonElement well)
    {
        string[] images =
            [.. well.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("path").GetString()!)];
        if (images.Distinct(StringComparer.Ordinal).Count() != images.Length)
            Say(path, "two images of the well have the same path");
        foreach (var image in images)
            RequireImage(path, Below(path, image));
    }

    // The group OME beside the images, and its OME-XML with as many images.
    private void CheckSeries(string path, JsonElement series)
    {
        var parent = path.Contains('/') ? path[..path.LastIndexOf('/')] : "";
        string[] images = [.. series.EnumerateArray().Select(image => image.GetString()!)];
        foreach (var image in images)
            RequireImage(path, Below(parent, image));
        var xml = Path.Join(_root, path, "METADATA.ome.xml");
        if (!File.Exists(xml))
            return;
        var described = ImageElement().Count(File.ReadAllText(xml));
        if (described != images.Length)
            Say(path, $"METADATA.ome.xml describes {described} images, there are {images.Length} series");
    }

    private void RequireImage(string group, string image)
    {
        if (Node(image) is not { } node || Ome(node)?.TryGetProperty("multiscales", out _) != true)
            Say(group, $"the image '{image}' is not there");
    }

    private static string[] Names(JsonElement plate, string key) =>
        [.. plate.GetProperty(key).EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    [GeneratedRegex(@"<(?:\w+:)?Image[\s>]")]
    private static partial Regex ImageElement();
}
