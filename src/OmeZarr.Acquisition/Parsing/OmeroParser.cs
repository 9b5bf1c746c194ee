using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>omero</c>: true, false, or an object of display settings.</summary>
internal static class OmeroParser
{
    /// <summary>What an absent key means.</summary>
    public static OmeroSettings Automatic { get; } = new(IsWritten: true, [], null, null, null);

    /// <param name="json">Where it is.</param>
    /// <param name="camera">Whose images are shown.</param>
    public static OmeroSettings Parse(SettingsObject json, CameraSettings camera)
    {
        if (!json.TryGet("omero", out var value))
            return Automatic;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return Automatic with { IsWritten = value.GetBoolean() };
        if (value.ValueKind != JsonValueKind.Object)
        {
            json.Report("omero", "true, false, or an object");
            return Automatic;
        }

        var omero = json.Object("omero")!;
        var rdefs = omero.Object("rdefs");
        var models = new[] { "color", "greyscale" };
        var model = rdefs?.Choice("model", [.. models.Select((word, i) => (word, i))]);
        return new OmeroSettings(
            IsWritten: true,
            Channels(omero, camera),
            Default(rdefs, "defaultT", camera.Axes.FirstOrDefault(axis => axis.Type == DimensionType.Time)),
            Default(rdefs, "defaultZ", ImageAxes.Stack(camera.Axes)),
            model is { } index ? models[index] : null);
    }

    private static long? Default(SettingsObject? rdefs, string key, DimensionSettings? dimension)
    {
        var last = dimension is null ? 0 : (dimension.Count ?? SettingsObject.LargestExactInteger) - 1;
        return rdefs?.Whole(key, 0, last);
    }

    private static ImmutableArray<OmeroChannelSettings> Channels(SettingsObject omero, CameraSettings camera)
    {
        if (omero.Array("channels") is not { } elements)
            return [];
        var channels = ImageAxes.Channels(camera)?.Count ?? 1;
        if (elements.Length != channels)
            omero.Problems.Add(omero.PathOf("channels"), $"has {elements.Length} elements; there are {channels} channels");
        var read = ImmutableArray.CreateBuilder<OmeroChannelSettings>();
        for (var i = 0; i < elements.Length; i++)
        {
            var path = $"{omero.PathOf("channels")}[{i}]";
            if (elements[i].ValueKind == JsonValueKind.Object)
                read.Add(Channel(new SettingsObject(elements[i], path, "omero.channels[].", omero.Problems)));
            else
                omero.Problems.Add(path, elements[i], "an object");
        }

        return read.ToImmutable();
    }

    private static OmeroChannelSettings Channel(SettingsObject json)
    {
        string? color = null;
        if (json.TryGet("color", out var given) && !ColorParser.TryParse(given, out color))
            json.Report("color", ColorParser.Allowed);
        var window = json.Object("window");
        return new OmeroChannelSettings
        {
            Label = json.Text("label", canBeEmpty: true),
            Color = color,
            Active = json.Flag("active"),
            Inverted = json.Flag("inverted"),
            Window = window is null ? null : Window(window),
        };
    }

    private static IntensityWindow Window(SettingsObject json)
    {
        var window = new IntensityWindow(json.Number("min"), json.Number("max"), json.Number("start"), json.Number("end"));
        // What is black must be below what is full colour: viewers divide by the difference.
        if (window.Min >= window.Max || window.Start >= window.End || window.Min >= window.End || window.Start >= window.Max)
            json.Problems.Add(json.Path, "min and start must be below max and end");
        return window;
    }
}
