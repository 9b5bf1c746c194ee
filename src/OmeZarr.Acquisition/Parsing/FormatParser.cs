using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>format</c> and finds the suffix of the output path.</summary>
internal static class FormatParser
{
    private const string DefaultSuffix = ".ome.zarr";
    private const string Auto = "auto";
    private static readonly string[] Backends = ["tensorstore", "acquire-zarr", "zarrs-python", "zarr-python"];
    private static readonly string[] OtherFormats = ["ome-tiff", "tiff", "tifffile", "scratch", "memory"];

    public static FormatSettings Parse(SettingsObject json, string rootPath)
    {
        var suffix = OutputPath.Split(rootPath).Suffix;
        if (json.TryGet("format", out var value) && value.ValueKind == JsonValueKind.Object)
            return FromObject(json, value, suffix);
        var backend = json.TryGet("format", out value) ? FromWord(json, value) : Auto;
        RefuseTiff(json, suffix);
        return new FormatSettings(backend, suffix.Length > 0 ? suffix : DefaultSuffix);
    }

    private static string FromWord(SettingsObject json, JsonElement value)
    {
        var word = value.ValueKind == JsonValueKind.String ? value.GetString()!.ToLowerInvariant() : "";
        if (Backends.Contains(word))
            return word;
        if (OtherFormats.Contains(word))
            json.Report("format", "\"ome-zarr\", the only format written here");
        else if (word is not (Auto or "ome-zarr" or "zarr"))
            json.Report("format", SettingsObject.OneOf([Auto, "ome-zarr", .. Backends]) + ", or an object");
        return Auto;
    }

    private static FormatSettings FromObject(SettingsObject json, JsonElement value, string suffix)
    {
        var isOther = value.TryGetProperty("name", out var name)
            && name.ValueKind == JsonValueKind.String
            && OtherFormats.Contains(name.GetString());
        if (isOther)
        {
            json.Problems.Add("format.name", name, "\"ome-zarr\", the only format written here");
            return new FormatSettings(Auto, DefaultSuffix);
        }

        var format = json.Object("format")!;
        format.Require("name", "\"ome-zarr\"");
        format.Choice("name", ("ome-zarr", true));
        var words = Backends.Prepend(Auto).ToArray();
        var backend = format.Choice("backend", [.. words.Select((word, i) => (word, i))]);
        var given = format.Text("suffix", canBeEmpty: true);
        if (given is not null && (given.AsSpan().IndexOfAny('/', '\\') >= 0 || given.Any(char.IsControl)))
            format.Report("suffix", "the end of a folder's name");
        if (given is null)
            RefuseTiff(json, suffix);
        return new FormatSettings(words[backend ?? 0], given ?? (suffix.Length > 0 ? suffix : DefaultSuffix));
    }

    private static void RefuseTiff(SettingsObject json, string suffix)
    {
        if (suffix.Contains(".tif", StringComparison.Ordinal))
            json.Report("root_path", "a path that does not end like an OME-TIFF; OME-Zarr is the only format written here");
    }
}
