using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff;

/// <summary>
/// A version of OME-Zarr as it is written: what all versions have in common is here, and what only one has is its own class's.
/// Immutable; any thread. Every call returns a new object that belongs to the caller.
/// </summary>
public abstract class NgffVersion
{
    private const string CollectionKey = "bioformats2raw.layout";
    private const int CollectionLayout = 3;

    private protected NgffVersion(string name, string stored) => (Name, Stored) = (name, stored);

    /// <summary>By which settings ask for it.</summary>
    public string Name { get; }

    /// <summary>What datasets of it say of themselves.</summary>
    public string Stored { get; }

    /// <summary>Whether an axis may run against its unit.</summary>
    public abstract bool AllowsNegativeScales { get; }

    /// <summary>
    /// Whether the path of a field in its well may have <c>-</c>, <c>_</c> and <c>.</c> beside letters and digits.
    /// </summary>
    public abstract bool AllowsMarksInFields { get; }

    /// <summary>The value of <see cref="NgffVersions.AttributeName"/> on the group of an image.</summary>
    /// <exception cref="ArgumentException">The ranks of axes and levels differ.</exception>
    public JsonObject Image(ImageMetadata image)
    {
        ArgumentNullException.ThrowIfNull(image);
        foreach (var level in image.Levels)
        {
            var axes = image.Axes.Length;
            if (level.Scale.Length != axes || level.Translation.Length != axes)
                throw new ArgumentException($"level {level.Path} needs a scale and a translation for each of {axes} axes");
        }

        var multiscale = new JsonObject { ["name"] = image.Name };
        AddAxes(multiscale, NgffJson.List(image.Axes, NgffJson.Axis));
        multiscale["datasets"] = new JsonArray();
        foreach (var level in image.Levels)
            AddLevel(multiscale, level);
        NgffJson.AddDownscaling(multiscale, image.Downscaling);
        var ome = Versioned();
        ome["multiscales"] = new JsonArray(multiscale);
        if (image.Omero is { } omero)
            ome["omero"] = NgffJson.Omero(omero);
        return ome;
    }

    /// <summary>Adds a level behind the others.</summary>
    /// <param name="multiscale">An image's element of <c>multiscales</c>, also of another writer.</param>
    /// <param name="level">The level.</param>
    public void AddLevel(JsonObject multiscale, ResolutionLevel level)
    {
        ArgumentNullException.ThrowIfNull(multiscale);
        ArgumentNullException.ThrowIfNull(level);
        JsonNode dataset = new JsonObject
        {
            ["path"] = level.Path,
            ["coordinateTransformations"] = Transformations(multiscale, level),
        };
        multiscale["datasets"]!.AsArray().Add(dataset);
    }

    /// <summary>Whether transformations of the whole image come on top of those of its levels.</summary>
    /// <param name="multiscale">As above.</param>
    public abstract bool TransformsLevels(JsonObject multiscale);

    /// <summary>The value on the root of a collection of images.</summary>
    public JsonObject Collection()
    {
        var ome = Versioned();
        ome[CollectionKey] = CollectionLayout;
        return ome;
    }

    /// <summary>The value on the group that lists a collection's images.</summary>
    /// <param name="paths">The images' paths from the root, in the order of the images in OME-XML.</param>
    public JsonObject Series(IEnumerable<string> paths)
    {
        var ome = Versioned();
        ome["series"] = new JsonArray([.. paths.Select(path => JsonValue.Create(path))]);
        return ome;
    }

    /// <summary>The value on the root of a plate.</summary>
    /// <param name="plate">The plate.</param>
    /// <param name="hasSeries">Whether its images are also listed by <see cref="Series"/>, for readers that know no
    /// plates.</param>
    public JsonObject Plate(PlateMetadata plate, bool hasSeries)
    {
        ArgumentNullException.ThrowIfNull(plate);
        var json = Part();
        NgffJson.AddPlate(json, plate);
        var ome = hasSeries ? Collection() : Versioned();
        ome["plate"] = json;
        return ome;
    }

    /// <summary>The value on the group of a well.</summary>
    public JsonObject Well(ImmutableArray<WellImage> images)
    {
        var (ome, well) = (Versioned(), Part());
        well["images"] = NgffJson.List(images, NgffJson.WellImage);
        ome["well"] = well;
        return ome;
    }

    /// <summary>What plates and wells begin with.</summary>
    private protected abstract JsonObject Part();

    private protected abstract void AddAxes(JsonObject multiscale, JsonArray axes);

    /// <summary>From the elements of a level to physical space.</summary>
    private protected abstract JsonArray Transformations(JsonObject multiscale, ResolutionLevel level);

    private protected JsonObject Versioned() => new() { ["version"] = Stored };
}
