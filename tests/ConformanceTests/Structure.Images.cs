using System.Text.Json;

namespace OmeZarr.ConformanceTests;

// Multiscale images: https://ngff.openmicroscopy.org/0.5/#multiscale-md
internal sealed partial class Structure
{
    // Axes of type time come first, then channel (or one of another type), then the spatial ones in the order z, y, x.
    private static readonly string[] SpatialOrder = ["z", "y", "x"];

    private void CheckMultiscale(string path, JsonElement multiscale)
    {
        if (IsOf06(multiscale))
            CheckSystems(path, multiscale);
        var axes = AxesOf(multiscale);
        string[] names = [.. axes.Select(axis => axis.GetProperty("name").GetString()!)];
        CheckAxes(path, axes, names);
        string? dataType = null;
        long[]? finer = null;
        JsonElement[] datasets = [.. multiscale.GetProperty("datasets").EnumerateArray()];
        foreach (var dataset in datasets)
        {
            var level = Below(path, dataset.GetProperty("path").GetString()!);
            CheckTransformations(level, dataset, names.Length);
            if (Node(level) is not { } array || !IsArray(array))
            {
                Say(path, $"the dataset '{level}' is not there");
                continue;
            }

            CheckLevel(level, array, names, ref dataType, ref finer);
            CheckExtent(path, datasets[0], dataset);
        }
    }

    // Every level covers the same part of space as the first: its outermost pixels lie within one of its own pixels of those of
    // the first.
    private void CheckExtent(string path, JsonElement first, JsonElement level)
    {
        if (Extent(path, first) is not { } full || Extent(path, level) is not { } extent || full.Length != extent.Length)
            return; // Has been said already.
        for (var axis = 0; axis < full.Length; axis++)
        {
            (var begin, var end, var scale) = extent[axis];
            var tolerance = 1e-9 * (Math.Abs(full[axis].End) + scale);
            double before = begin - full[axis].Begin, behind = end - full[axis].End;
            if (before < -tolerance || before > scale / 2 + tolerance || behind < -scale + tolerance
                || behind > scale / 2 + tolerance)
                Say(path, $"level {level.GetProperty("path")} lies from {begin} to {end} on axis {axis}, full resolution from "
                    + $"{full[axis].Begin} to {full[axis].End}");
        }
    }

    // Where the first and the last element lie along each axis, and how long an element is.
    private (double Begin, double End, double Scale)[]? Extent(string path, JsonElement dataset)
    {
        if (Node(Below(path, dataset.GetProperty("path").GetString()!)) is not { } array
            || !dataset.TryGetProperty("coordinateTransformations", out var list))
            return null;
        double[] Values(string type, double otherwise, int count) =>
            Steps(list).Where(one => one.GetProperty("type").GetString() == type)
            .Select(one => one.GetProperty(type).EnumerateArray().Select(value => value.GetDouble()).ToArray())
            .FirstOrDefault(Enumerable.Repeat(otherwise, count).ToArray());
        var shape = Numbers(array.GetProperty("shape"));
        double[] scale = Values("scale", 1, shape.Length), translation = Values("translation", 0, shape.Length);
        return shape.Length != scale.Length || shape.Length != translation.Length ? null
            : [.. shape.Select((length, axis) => Along(translation[axis], length, scale[axis]))];

        // An axis that runs backwards is looked at from its other side.
        static (double, double, double) Along(double begin, long length, double scale) => scale < 0
            ? (-begin, -(begin + (length - 1) * scale), -scale)
            : (begin, begin + (length - 1) * scale, scale);
    }

    private void CheckAxes(string path, JsonElement[] axes, string[] names)
    {
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            Say(path, $"two axes have the same name: {string.Join(", ", names)}");
        string[] types = [.. axes.Select(axis => axis.TryGetProperty("type", out var type) ? type.GetString()! : "")];
        int[] ranks = [.. types.Select(type => type switch { "time" => 0, "space" => 2, _ => 1 })];
        if (!ranks.SequenceEqual(ranks.Order()))
            Say(path, $"the axes have the types {string.Join(", ", types)}; time comes first, then channel, then space");
        if (types.Count(type => type == "space") is not (2 or 3))
            Say(path, $"there are {types.Count(type => type == "space")} axes of space instead of 2 or 3");
        if (types.Count(type => type == "time") > 1 || ranks.Count(rank => rank == 1) > 1)
            Say(path, "there is more than one axis of time, or more than one that is neither time nor space");
        string[] spatial = [.. names.Zip(types).Where(axis => axis.Second == "space").Select(axis => axis.First)];
        if (!spatial.Intersect(SpatialOrder).SequenceEqual(SpatialOrder.Intersect(spatial)))
            Say(path, $"the axes of space are {string.Join(", ", spatial)}; they have to be in the order z, y, x");
    }

    private void CheckTransformations(string level, JsonElement dataset, int dimensions)
    {
        if (!dataset.TryGetProperty("coordinateTransformations", out var list))
        {
            Say(level, "there are no coordinateTransformations");
            return;
        }

        var steps = Steps(list);
        string[] types = [.. steps.Select(t => t.GetProperty("type").GetString()!)];
        if (types is not (["scale"] or ["scale", "translation"]))
            Say(level, $"the transformations are {string.Join(", ", types)}; a scale, then perhaps a translation are allowed");
        foreach (var transformation in steps)
        {
            var type = transformation.GetProperty("type").GetString()!;
            if (!transformation.TryGetProperty(type, out var values))
                Say(level, $"the {type} has no values");
            else if (values.GetArrayLength() != dimensions)
                Say(level, $"the {type} has {values.GetArrayLength()} values for {dimensions} axes");
            else if (type == "scale" && values.EnumerateArray().Any(value => value.GetDouble() == 0))
                Say(level, "a scale is zero");
        }
    }

    private void CheckLevel(string level, JsonElement array, string[] axes, ref string? dataType, ref long[]? finer)
    {
        var shape = Numbers(array.GetProperty("shape"));
        if (shape.Length != axes.Length)
            Say(level, $"the array has {shape.Length} dimensions for {axes.Length} axes");
        if (array.TryGetProperty("dimension_names", out var names) && names.ValueKind == JsonValueKind.Array
            && !names.EnumerateArray().Select(name => name.GetString()).SequenceEqual(axes))
        {
            Say(level, $"the dimension_names {names} are not the axes {string.Join(", ", axes)}");
        }

        var type = array.GetProperty("data_type").GetString()!;
        if (dataType is not null && dataType != type)
            Say(level, $"the level is {type}, the one before is {dataType}");
        if (finer is not null && (finer.Length != shape.Length || finer.Zip(shape).Any(pair => pair.Second > pair.First)))
            Say(level, $"the level ({string.Join(" x ", shape)}) is larger than the one before ({string.Join(" x ", finer)})");
        (dataType, finer) = (type, shape);
    }

    // A viewer that starts at a default beyond the image, or finds fewer channels than the image has, fails.
    private void CheckOmero(string path, JsonElement ome, JsonElement omero)
    {
        if (!ome.TryGetProperty("multiscales", out var multiscales))
            return;
        var first = multiscales[0];
        string[] types = [.. AxesOf(first)
            .Select(axis => axis.TryGetProperty("type", out var type) ? type.GetString()! : "")];
        if (Node(Below(path, first.GetProperty("datasets")[0].GetProperty("path").GetString()!)) is not { } array)
            return; // Has been said already.
        var shape = Numbers(array.GetProperty("shape"));
        // The axis of space that is z is the first of three.
        long LengthOf(string type) => types.Count(other => other == type) >= (type == "space" ? 3 : 1)
            && Array.IndexOf(types, type) is var i && i < shape.Length ? shape[i] : 1;
        if (omero.TryGetProperty("channels", out var channels) && channels.GetArrayLength() != LengthOf("channel"))
            Say(path, $"omero has {channels.GetArrayLength()} channels, the image has {LengthOf("channel")}");
        if (!omero.TryGetProperty("rdefs", out var rendering))
            return;
        foreach ((var key, var axis) in (ReadOnlySpan<(string, string)>)[("defaultT", "time"), ("defaultZ", "space")])
        {
            // An empty image has no plane that could be shown.
            if (rendering.TryGetProperty(key, out var value)
                && (value.GetInt64() < 0 || value.GetInt64() >= Math.Max(1, LengthOf(axis))))
                Say(path, $"omero.rdefs.{key} is {value}, outside the axis {axis} of {LengthOf(axis)}");
        }
    }
}
