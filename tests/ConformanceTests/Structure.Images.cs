using System.Text.Json;

namespace OmeZarr.ConformanceTests;

// Multiscale images: https://ngff.openmicroscopy.org/0.5/#multiscale-md
internal sealed partial class Structure
{
    // Axes of type time come first, then channel (or one of another type), then the spatial ones in the order z, y, x.
    private static readonly string[] s_spatialOrder = ["z", "y", "x"];

    private void CheckMultiscale(string path, JsonElement multiscale)
    {
        JsonElement[] axes = [.. multiscale.GetProperty("axes").EnumerateArray()];
        string[] names = [.. axes.Select(axis => axis.GetProperty("name").GetString()!)];
        CheckAxes(path, axes, names);
        string? dataType = null;
        long[]? finer = null;
        foreach (JsonElement dataset in multiscale.GetProperty("datasets").EnumerateArray())
        {
            string level = Below(path, dataset.GetProperty("path").GetString()!);
            CheckTransformations(level, dataset, names.Length);
            if (Node(level) is not { } array || !IsArray(array))
            {
                Say(path, $"the dataset '{level}' is not there");
                continue;
            }

            CheckLevel(level, array, names, ref dataType, ref finer);
        }
    }

    private void CheckAxes(string path, JsonElement[] axes, string[] names)
    {
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            Say(path, $"two axes have the same name: {string.Join(", ", names)}");
        string[] types = [.. axes.Select(axis => axis.TryGetProperty("type", out JsonElement type) ? type.GetString()! : "")];
        int[] ranks = [.. types.Select(type => type switch { "time" => 0, "space" => 2, _ => 1 })];
        if (!ranks.SequenceEqual(ranks.Order()))
            Say(path, $"the axes have the types {string.Join(", ", types)}; time comes first, then channel, then space");
        if (types.Count(type => type == "space") is not (2 or 3))
            Say(path, $"there are {types.Count(type => type == "space")} axes of space instead of 2 or 3");
        if (types.Count(type => type == "time") > 1 || ranks.Count(rank => rank == 1) > 1)
            Say(path, "there is more than one axis of time, or more than one that is neither time nor space");
        string[] spatial = [.. names.Zip(types).Where(axis => axis.Second == "space").Select(axis => axis.First)];
        if (!spatial.SequenceEqual(s_spatialOrder[^Math.Min(3, spatial.Length)..]))
            Say(path, $"the axes of space are {string.Join(", ", spatial)}; they have to be in the order z, y, x");
    }

    private void CheckTransformations(string level, JsonElement dataset, int dimensions)
    {
        if (!dataset.TryGetProperty("coordinateTransformations", out JsonElement list))
        {
            Say(level, "there are no coordinateTransformations");
            return;
        }

        string[] types = [.. list.EnumerateArray().Select(t => t.GetProperty("type").GetString()!)];
        if (types is not (["scale"] or ["scale", "translation"]))
            Say(level, $"the transformations are {string.Join(", ", types)}; a scale, then perhaps a translation are allowed");
        foreach (JsonElement transformation in list.EnumerateArray())
        {
            string type = transformation.GetProperty("type").GetString()!;
            if (!transformation.TryGetProperty(type, out JsonElement values))
                Say(level, $"the {type} has no values");
            else if (values.GetArrayLength() != dimensions)
                Say(level, $"the {type} has {values.GetArrayLength()} values for {dimensions} axes");
            else if (type == "scale" && values.EnumerateArray().Any(value => value.GetDouble() <= 0))
                Say(level, "a scale is not positive");
        }
    }

    private void CheckLevel(string level, JsonElement array, string[] axes, ref string? dataType, ref long[]? finer)
    {
        long[] shape = Numbers(array.GetProperty("shape"));
        if (shape.Length != axes.Length)
            Say(level, $"the array has {shape.Length} dimensions for {axes.Length} axes");
        if (array.TryGetProperty("dimension_names", out JsonElement names) && names.ValueKind == JsonValueKind.Array
            && !names.EnumerateArray().Select(name => name.GetString()).SequenceEqual(axes))
        {
            Say(level, $"the dimension_names {names} are not the axes {string.Join(", ", axes)}");
        }

        string type = array.GetProperty("data_type").GetString()!;
        if (dataType is not null && dataType != type)
            Say(level, $"the level is {type}, the one before is {dataType}");
        if (finer is not null && (finer.Length != shape.Length || finer.Zip(shape).Any(pair => pair.Second > pair.First)))
            Say(level, $"the level ({string.Join(" x ", shape)}) is larger than the one before ({string.Join(" x ", finer)})");
        (dataType, finer) = (type, shape);
    }

    // A viewer that starts at a default beyond the image, or finds fewer channels than the image has, fails.
    private void CheckOmero(string path, JsonElement ome, JsonElement omero)
    {
        if (!ome.TryGetProperty("multiscales", out JsonElement multiscales))
            return;
        JsonElement first = multiscales[0];
        string[] axes = [.. first.GetProperty("axes").EnumerateArray().Select(axis => axis.GetProperty("name").GetString()!)];
        if (Node(Below(path, first.GetProperty("datasets")[0].GetProperty("path").GetString()!)) is not { } array)
            return; // Has been said already.
        long[] shape = Numbers(array.GetProperty("shape"));
        long LengthOf(string axis) => Array.IndexOf(axes, axis) is var i and >= 0 && i < shape.Length ? shape[i] : 1;
        if (omero.TryGetProperty("channels", out JsonElement channels) && channels.GetArrayLength() != LengthOf("c"))
            Say(path, $"omero has {channels.GetArrayLength()} channels, the image has {LengthOf("c")}");
        if (!omero.TryGetProperty("rdefs", out JsonElement rendering))
            return;
        foreach ((string key, string axis) in (ReadOnlySpan<(string, string)>)[("defaultT", "t"), ("defaultZ", "z")])
        {
            if (rendering.TryGetProperty(key, out JsonElement value) && (value.GetInt64() < 0 || value.GetInt64() >= LengthOf(axis)))
                Say(path, $"omero.rdefs.{key} is {value}, outside the axis {axis} of {LengthOf(axis)}");
        }
    }
}
