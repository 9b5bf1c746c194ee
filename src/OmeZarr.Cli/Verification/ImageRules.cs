using OmeZarr.Reading;

namespace OmeZarr.Cli.Verification;

/// <summary>Rules of OME-Zarr for an image that its JSON schema cannot say.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html"/>
internal static class ImageRules
{
    private const string Kind = "metadata";

    public static void Check(DatasetImage image, Findings findings)
    {
        var path = image.Place.Path;
        CheckAxes(image, path, findings);
        for (var i = 0; i < image.Levels.Length; i++)
            CheckLevel(image, i, findings);
        var channel = image.Axes.Select(axis => axis.Type).ToList().IndexOf("channel");
        var channels = channel < 0 ? 1 : image.Levels[0].Array.Metadata.Shape[channel];
        if (image.Channels.Length > 0 && image.Channels.Length != channels)
            findings.Warning(Kind, path, $"omero describes {image.Channels.Length} channels, and the image has {channels}");
    }

    private static void CheckAxes(DatasetImage image, string path, Findings findings)
    {
        var types = image.Axes.Select(axis => axis.Type).ToArray();
        if (types.Length is < 2 or > 5)
            findings.Error(Kind, path, $"an image has 2 to 5 axes, and this one {types.Length}");
        if (types.Count(type => type == "space") is < 2 or > 3)
            findings.Error(Kind, path, "two or three axes are of type space, and here it is another number");
        foreach (var single in new[] { "time", "channel" })
        {
            if (types.Count(type => type == single) > 1)
                findings.Error(Kind, path, $"more than one axis is of type {single}");
        }

        var order = types.Select(type => type switch { "time" => 0, "space" => 2, _ => 1 }).ToArray();
        if (!order.SequenceEqual(order.Order()))
        {
            findings.Warning(Kind, path,
                $"axes are in the order {string.Join(", ", image.Axes.Select(axis => axis.Name))}: strict readers want time, "
                    + $"then "
                    + "channels and others, then space");
        }
    }

    private static void CheckLevel(DatasetImage image, int number, Findings findings)
    {
        var level = image.Levels[number];
        var (array, full) = (level.Array.Metadata, image.Levels[0].Array.Metadata);
        var path = level.Array.Path;
        if (array.Type != full.Type)
            findings.Error(Kind, path, $"its type is {array.Type.Name}, and that of full resolution {full.Type.Name}");
        if (!array.DimensionNames.IsDefault
            && !array.DimensionNames.SequenceEqual(image.Axes.Select(axis => (string?)axis.Name)))
        {
            findings.Error(Kind, path,
                $"dimension_names are {string.Join(", ", array.DimensionNames)}, and the axes "
                    + string.Join(", ", image.Axes.Select(axis => axis.Name)));
        }

        if (level.Scale.Any(scale => scale == 0 || !double.IsFinite(scale)))
            findings.Error(Kind, path, "a scale is 0 or no number");
        for (var axis = 0; number > 0 && axis < array.Rank; axis++)
            CheckLength(image, number, axis, findings);
    }

    private static void CheckLength(DatasetImage image, int number, int axis, Findings findings)
    {
        var (level, name) = (image.Levels[number].Array, image.Axes[axis].Name);
        var length = level.Metadata.Shape[axis];
        var before = image.Levels[number - 1].Array.Metadata.Shape[axis];
        var full = image.Levels[0].Array.Metadata.Shape[axis];
        if (length > before)
            findings.Error(Kind, level.Path, $"along {name} it has {length}, more than the level before, {before}");
        else if (image.Axes[axis].Type != "space" && length != full)
            findings.Error(Kind, level.Path, $"along {name} it has {length}, and full resolution {full}");
    }
}
