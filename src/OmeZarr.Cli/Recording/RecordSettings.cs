using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Cli.Terminal;

namespace OmeZarr.Cli.Recording;

/// <summary>What flags of the command line say of a recording.</summary>
internal sealed record RecordFlags
{
    /// <summary>
    /// Dimensions before the frame's own two, slowest first: <c>t</c>, <c>c=3</c>; empty for an unbounded time.
    /// </summary>
    public string[] Dimensions { get; init; } = [];

    /// <summary>Names of channels.</summary>
    public string[] Channels { get; init; } = [];

    /// <summary>Physical sizes: <c>x=0.108um</c>.</summary>
    public string[] Scales { get; init; } = [];

    public string Compression { get; init; } = "blosc-lz4";

    public bool Pyramid { get; init; }
}

/// <summary>Makes the settings document of a recording.</summary>
internal static class RecordSettings
{
    /// <summary>Of flags.</summary>
    public static JsonObject Of(RecordFlags flags, FrameForm form)
    {
        var scales = flags.Scales.Select(ParseScale).ToDictionary(scale => scale.Name, StringComparer.Ordinal);
        var given = flags.Dimensions.DefaultIfEmpty("t").Select(ParseDimension);
        JsonNode[] colors = form.PixelFormat is "rgb8" or "rgba8" ? [Colors(form.PixelFormat)] : [];
        var dimensions = new JsonArray(
        [
            .. given.Select(dimension => Dimension(dimension.Name, dimension.Count, scales, flags.Channels)),
            .. colors,
            Dimension("y", form.Height, scales, []),
            Dimension("x", form.Width, scales, []),
        ]);
        var names = dimensions.Select(dimension => (string)dimension!["name"]!).ToArray();
        if (flags.Channels.Length > 0 && !names.Contains("c"))
            throw UserException.Usage("--channels names the indices of c, and --dims has no c: add it, such as --dims t c");
        if (scales.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw UserException.Usage($"--scale is given for '{unknown}', and the dimensions are {string.Join(", ", names)}");
        var settings = new JsonObject
        {
            ["dtype"] = form.DataType,
            ["dimensions"] = dimensions,
            ["layout"] = "auto",
            ["compression"] = flags.Compression,
        };
        if (form.PixelFormat is not null)
            settings["frame"] = new JsonObject { ["pixel_format"] = form.PixelFormat };
        if (flags.Pyramid)
            settings["pyramid"] = new JsonObject();
        return settings;
    }

    /// <summary>Of a file.</summary>
    /// <exception cref="UserException">It cannot be read, or is no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        const int mostBytes = 32 << 20;
        if (!File.Exists(path))
            throw UserException.CannotAccess($"the settings file '{path}' is not there");
        if (new FileInfo(path).Length > mostBytes)
            throw UserException.Usage($"the settings file '{path}' has more than {Quantity.Bytes(mostBytes)}");
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject
                ?? throw UserException.Usage($"the settings file '{path}' holds no JSON object");
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or ArgumentException)
        {
            throw UserException.Usage($"the settings file '{path}' is no valid JSON: {e.Message}");
        }
    }

    private static JsonObject Dimension(
        string name, long? count, Dictionary<string, (string Name, double Size, string? Unit)> scales, string[] channels)
    {
        var json = new JsonObject { ["name"] = name };
        if (name == "c" && channels.Length > 0)
            json["coords"] = new JsonArray([.. channels.Select(channel => new JsonObject { ["name"] = channel })]);
        if (count is { } known)
            json["count"] = known;
        if (!scales.TryGetValue(name, out var scale))
            return json;
        json["scale"] = scale.Size;
        if (scale.Unit is not null)
            json["unit"] = scale.Unit;
        return json;
    }

    private static JsonObject Colors(string format) => new()
    {
        ["name"] = "c",
        ["type"] = "channel",
        ["coords"] = new JsonArray(
        [
            .. new[] { ("red", "red"), ("green", "lime"), ("blue", "blue"), ("alpha", "white") }[..(format == "rgb8" ? 3 : 4)]
                .Select(color => new JsonObject { ["name"] = color.Item1, ["color"] = color.Item2 }),
        ]),
    };

    private static (string Name, long? Count) ParseDimension(string text)
    {
        var parts = text.Split('=', 2);
        if (parts.Length == 1)
            return (parts[0], null);
        return long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? (parts[0], count)
            : throw UserException.Usage($"--dims has '{text}'; a dimension is a name, or a name and a count, such as z=21");
    }

    private static (string Name, double Size, string? Unit) ParseScale(string text)
    {
        var parts = text.Split('=', 2);
        var unit = parts[^1].TrimStart("0123456789.eE+-".ToCharArray());
        var number = parts[^1][..(parts[^1].Length - unit.Length)];
        return parts.Length == 2 && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var size)
            ? (parts[0], size, unit.Length == 0 ? null : unit)
            : throw UserException.Usage($"--scale has '{text}'; a scale is a dimension's name and a size, such as x=0.108um");
    }
}
