using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>Emits OME-Zarr 0.5.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html"/>
internal static partial class Ngff05
{
    public const string Version = "0.5";

    /// <summary>How levels were made where there are none.</summary>
    private const string NoMethod = "none";

    /// <summary>Beyond it a double no longer tells neighbouring integers apart.</summary>
    private const double LargestExactInteger = 1L << 53;

    public static JsonObject Image(ImageMetadata image)
    {
        foreach (var level in image.Levels)
        {
            var axes = image.Axes.Length;
            if (level.Scale.Length != axes || level.Translation.Length != axes)
                throw new ArgumentException($"level {level.Path} needs a scale and a translation for each of {axes} axes");
        }

        var multiscale = new JsonObject
        {
            ["name"] = image.Name,
            ["axes"] = List(image.Axes, Axis),
            ["datasets"] = List(image.Levels, Dataset),
            ["type"] = image.Downscaling?.Method ?? NoMethod,
            ["metadata"] = image.Downscaling is { } downscaling ? Description(downscaling) : FullResolution(),
        };
        var ome = new JsonObject { ["version"] = Version, ["multiscales"] = new JsonArray(multiscale) };
        if (image.Omero is { } omero)
            ome["omero"] = Omero(omero);
        return ome;
    }

    private static JsonObject Axis(Axis axis)
    {
        var json = new JsonObject { ["name"] = axis.Name };
        if (axis.Type is not null)
            json["type"] = axis.Type;
        if (!string.IsNullOrEmpty(axis.Unit))
            json["unit"] = axis.Unit;
        return json;
    }

    private static JsonObject Dataset(ResolutionLevel level)
    {
        var transformations = new JsonArray(new JsonObject { ["type"] = "scale", ["scale"] = List(level.Scale, Real) });
        if (level.Translation.Any(offset => offset != 0))
        {
            var translation = new JsonObject { ["type"] = "translation", ["translation"] = List(level.Translation, Real) };
            transformations.Add((JsonNode)translation);
        }

        return new JsonObject { ["path"] = level.Path, ["coordinateTransformations"] = transformations };
    }

    private static JsonObject FullResolution() =>
        new() { ["description"] = "full resolution only", ["method"] = NoMethod };

    /// <summary>What is said of a method beyond its name is free.</summary>
    private static JsonObject Description(Downscaling downscaling) => new()
    {
        ["description"] = "each level is made from the one before it; blocks at an edge are of the elements that exist",
        ["method"] = downscaling.Method,
        ["kwargs"] =
            new JsonObject { ["factors"] = List(downscaling.Factors, step => List(step, factor => JsonValue.Create(factor))) },
    };

    private static JsonObject Omero(Omero omero) => new()
    {
        ["channels"] = List(omero.Channels, Channel),
        ["rdefs"] = new JsonObject
        {
            ["defaultT"] = omero.RenderingDefaults.DefaultT,
            ["defaultZ"] = omero.RenderingDefaults.DefaultZ,
            ["model"] = omero.RenderingDefaults.Model,
        },
    };

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

    private static JsonArray List<T>(ImmutableArray<T> items, Func<T, JsonNode> emit) => new([.. items.Select(emit)]);

    /// <summary>A list of floats: whole numbers keep a point, which readers in typed languages want.</summary>
    private static JsonNode Real(double number) => double.IsInteger(number) && Math.Abs(number) < LargestExactInteger
        ? JsonNode.Parse(number.ToString("0.0", CultureInfo.InvariantCulture))!
        : JsonValue.Create(number);

    /// <summary>Intensities of integer pixels are integers.</summary>
    private static JsonValue Intensity(double number) => double.IsInteger(number) && Math.Abs(number) < LargestExactInteger
        ? JsonValue.Create((long)number)
        : JsonValue.Create(number);
}
