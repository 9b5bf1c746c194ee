using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>
/// Images of OME-Zarr 0.6: their axes are those of the coordinate system that all levels lead to. Transformations from there to
/// other systems say nothing of the image itself.
/// </summary>
/// <seealso href="https://ngff-spec.readthedocs.io/en/latest/"/>
internal static class Multiscale06
{
    private const string Transforms = "coordinateTransformations";

    internal static Multiscale Read(JsonObject image, string at)
    {
        var system = image["datasets"].AsList($"{at}.datasets").FirstOrDefault() is { } first
            ? SystemOf(first, $"{at}.datasets[0]") : null;
        var axes = Multiscale.ReadAxes(AxesOf(image["coordinateSystems"], system, $"{at}.coordinateSystems"),
            $"{at}.coordinateSystems' axes");
        return new Multiscale(
            axes, image["datasets"].Each($"{at}.datasets", (level, place) => ReadLevel(level, axes.Length, system!, place)));
    }

    private static ResolutionLevel ReadLevel(JsonNode? node, int axes, string system, string at)
    {
        if (SystemOf(node, at) is var own && own != system)
        {
            throw new NgffFormatException(
                $"`{at}` leads to the coordinate system \"{own}\", and the first level to \"{system}\".");
        }

        var step = StepOf(node, at);
        at = $"{at}.{Transforms}[0]";
        // The specification allows no more than a scale and a translation, and no sequence in a sequence.
        var transformations = step["type"].AsText($"{at}.type") == "sequence"
            ? Transformations.Read(step["transformations"].AsList($"{at}.transformations"), axes, $"{at}.transformations")
            : Transformations.ReadOne(step, axes, at);
        return new ResolutionLevel(
            node!["path"].AsText($"{at}.path"), transformations.Scale, transformations.Translation);
    }

    private static JsonObject StepOf(JsonNode? level, string at)
    {
        var steps = level.AsObject(at)[Transforms].AsList($"{at}.{Transforms}");
        return steps.Count == 1
            ? steps[0].AsObject($"{at}.{Transforms}[0]")
            : throw StoredJson.Expected($"{at}.{Transforms}", "a list of one transformation", steps);
    }

    private static string SystemOf(JsonNode? level, string at)
    {
        var output = $"{at}.{Transforms}[0].output";
        return StepOf(level, at)["output"].AsObject(output)["name"].AsText($"{output}.name");
    }

    private static JsonNode? AxesOf(JsonNode? systems, string? name, string at)
    {
        var named = systems.Each(at, (node, place) =>
        {
            var system = node.AsObject(place);
            return (Name: system["name"].AsText($"{place}.name"), Axes: system["axes"]);
        });
        var found = named.Where(system => system.Name == (name ?? system.Name)).ToArray();
        return found.Length == 1 || (name is null && found.Length > 0)
            ? found[0].Axes
            : throw new NgffFormatException($"`{at}` has {found.Length} systems of the name \"{name}\"; the levels lead to one.");
    }
}
