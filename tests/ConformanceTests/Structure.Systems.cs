using System.Text.Json;

namespace OmeZarr.ConformanceTests;

// Coordinate systems and transformations of OME-Zarr 0.6: https://ngff-spec.readthedocs.io/en/latest/
internal sealed partial class Structure
{
    private static bool IsOf06(JsonElement multiscale) => multiscale.TryGetProperty("coordinateSystems", out _);

    // Of 0.6 the axes are those of the system that the levels lead to.
    private static JsonElement[] AxesOf(JsonElement multiscale)
    {
        if (!IsOf06(multiscale))
            return [.. multiscale.GetProperty("axes").EnumerateArray()];
        var levels = OutputsOf(multiscale.GetProperty("datasets"));
        return [.. multiscale.GetProperty("coordinateSystems").EnumerateArray()
            .Where(system => levels.Contains(NameOf(system))).Take(1)
            .SelectMany(system => system.GetProperty("axes").EnumerateArray())];
    }

    // What a level's transformations are made of, whichever way they are written.
    private static JsonElement[] Steps(JsonElement transformations) =>
    [
        .. transformations.EnumerateArray().SelectMany(one => one.TryGetProperty("transformations", out var inside)
            ? inside.EnumerateArray().ToArray() : [one]),
    ];

    private void CheckSystems(string path, JsonElement multiscale)
    {
        var datasets = multiscale.GetProperty("datasets");
        foreach (var dataset in datasets.EnumerateArray())
            CheckTransformation(Below(path, dataset.GetProperty("path").GetString()!), dataset);
        JsonElement[] systems = [.. multiscale.GetProperty("coordinateSystems").EnumerateArray()];
        string?[] names = [.. systems.Select(NameOf)];
        if (names.Distinct().Count() != names.Length || names.Any(string.IsNullOrEmpty))
            Say(path, $"coordinate systems need names of their own, and have {string.Join(", ", names)}");
        var outputs = OutputsOf(datasets);
        if (outputs.Length != 1 || !names.Contains(outputs[0]))
            Say(path, $"the levels lead to {string.Join(", ", outputs)}, and have to lead to one of the coordinate systems");
        foreach (var system in systems.Where(system => !outputs.Contains(NameOf(system))))
        {
            JsonElement[] axes = [.. system.GetProperty("axes").EnumerateArray()];
            CheckAxes(path, axes, [.. axes.Select(axis => axis.GetProperty("name").GetString()!)]);
        }

        CheckConnected(path, multiscale, names, outputs);
    }

    private void CheckTransformation(string level, JsonElement dataset)
    {
        if (!dataset.TryGetProperty("coordinateTransformations", out var list))
            return; // Is said where the steps are looked at.
        if (list.GetArrayLength() != 1)
        {
            Say(level, $"there are {list.GetArrayLength()} transformations instead of one");
            return;
        }

        if (list[0].TryGetProperty("input", out var input) && (!input.TryGetProperty("path", out var array)
            || array.GetString() != dataset.GetProperty("path").GetString() || input.TryGetProperty("name", out _)))
            Say(level, $"the transformation begins at {input}, and not at the level's own array");
        if (list[0].TryGetProperty("output", out var output) && output.TryGetProperty("path", out _))
            Say(level, $"the transformation leads to {output}, and not to a system of the image's own");
        if (Steps(list).Any(step => step.TryGetProperty("scale", out var scale)
            && scale.EnumerateArray().Any(value => value.GetDouble() <= 0)))
            Say(level, "a scale is not above 0");
    }

    // Any system can be reached from any other, over as many transformations as it takes.
    private void CheckConnected(string path, JsonElement multiscale, string?[] names, string?[] outputs)
    {
        (string? From, string? To)[] ways = !multiscale.TryGetProperty("coordinateTransformations", out var list) ? []
            : [.. list.EnumerateArray().Select(one => (NameOf(one.GetProperty("input")), NameOf(one.GetProperty("output"))))];
        HashSet<string?> reached = [.. outputs];
        while (ways.Any(way => reached.Contains(way.From) != reached.Contains(way.To)))
            reached.UnionWith(ways.Where(way => reached.Contains(way.From) || reached.Contains(way.To))
                .SelectMany(way => new[] { way.From, way.To }));
        if (names.Except(reached).ToArray() is { Length: > 0 } alone)
            Say(path, $"no transformation leads to the coordinate systems {string.Join(", ", alone)}");
    }

    private static string?[] OutputsOf(JsonElement datasets) =>
    [
        .. datasets.EnumerateArray()
            .SelectMany(dataset => dataset.TryGetProperty("coordinateTransformations", out var list)
                ? list.EnumerateArray().ToArray() : [])
            .Select(one => one.TryGetProperty("output", out var output) ? NameOf(output) : null).Distinct(),
    ];

    private static string? NameOf(JsonElement named) => named.TryGetProperty("name", out var name) ? name.GetString() : null;
}
