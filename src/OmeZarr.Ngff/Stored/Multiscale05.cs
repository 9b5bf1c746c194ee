using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>Images of OME-Zarr 0.5: what transforms the whole image comes after what transforms a level.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#multiscale-md"/>
internal static class Multiscale05
{
    private const string Transforms = "coordinateTransformations";

    internal static Multiscale Read(JsonObject image, string at)
    {
        var axes = Multiscale.ReadAxes(image["axes"], $"{at}.axes");
        var whole = Transformations.Read(image[Transforms], axes.Length, $"{at}.{Transforms}");
        return new Multiscale(
            axes, image["datasets"].Each($"{at}.datasets", (level, place) => ReadLevel(level, axes.Length, whole, place)));
    }

    private static ResolutionLevel ReadLevel(JsonNode? node, int axes, Transformations whole, string at)
    {
        var level = node.AsObject(at);
        var own = Transformations.Read(level[Transforms], axes, $"{at}.{Transforms}").Then(whole);
        return new ResolutionLevel(level["path"].AsText($"{at}.path"), own.Scale, own.Translation);
    }
}
