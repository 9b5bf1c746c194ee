using System.Text.Json;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// Rules of OME-Zarr 0.5 (https://ngff.openmicroscopy.org/0.5/) and 0.6 that span several files or that JSON schemas cannot
/// express: axes and their order, scales, datasets, wells and series that have to exist, dimension names, levels of a pyramid.
/// </summary>
internal sealed partial class Structure
{
    private readonly string _root;
    private readonly List<string> _problems = [];
    private string? _version;

    private Structure(string root) => _root = root;

    /// <summary>Every rule that a dataset breaks, with the group's path; empty when none.</summary>
    public static IReadOnlyList<string> Problems(string dataset)
    {
        Structure structure = new(dataset);
        structure.CheckBelow("");
        return structure._problems;
    }

    /// <summary>Fails the test when a rule is broken, and says all that are.</summary>
    public static void Validate(string dataset) => Assert.That(Problems(dataset), Is.Empty, $"the structure of {dataset}");

    // Every folder down to the arrays.
    private void CheckBelow(string path)
    {
        var node = Node(path);
        if (path == "" && node is null)
            Say(path, "there is no zarr.json");
        if (node is { } meta)
        {
            if (IsArray(meta))
            {
                CheckArray(path, meta);
                return;
            }

            if (Ome(meta) is { } ome)
                CheckGroup(path, ome);
        }

        foreach (var folder in Directory.EnumerateDirectories(Path.Join(_root, path)).Order(StringComparer.Ordinal))
        {
            var below = Below(path, Path.GetFileName(folder));
            if (node is not null && !File.Exists(Path.Join(folder, "zarr.json")))
                Say(below, "a folder in a group has to be a node, but has no zarr.json");
            CheckBelow(below);
        }
    }

    private void CheckGroup(string path, JsonElement ome)
    {
        var version = ome.TryGetProperty("version", out var own) ? own.GetString() : null;
        if ((_version ??= version) != version)
            Say(path, $"the version is {version}, that of the groups before is {_version}");
        if (ome.TryGetProperty("multiscales", out var multiscales))
        {
            foreach (var multiscale in multiscales.EnumerateArray())
                CheckMultiscale(path, multiscale);
        }

        if (ome.TryGetProperty("plate", out var plate))
            CheckPlate(path, plate);
        if (ome.TryGetProperty("well", out var well))
            CheckWell(path, well);
        if (ome.TryGetProperty("series", out var series))
            CheckSeries(path, series);
        if (ome.TryGetProperty("omero", out var omero))
            CheckOmero(path, ome, omero);
    }

    private void CheckArray(string path, JsonElement meta)
    {
        var dimensions = meta.GetProperty("shape").GetArrayLength();
        if (meta.GetProperty("chunk_grid").GetProperty("configuration").GetProperty("chunk_shape").GetArrayLength() != dimensions)
            Say(path, "the chunk shape has another number of dimensions than the array");
        if (!meta.TryGetProperty("dimension_names", out var names) || names.ValueKind != JsonValueKind.Array)
            Say(path, "there are no dimension_names");
        else if (names.GetArrayLength() != dimensions)
            Say(path, $"there are {names.GetArrayLength()} dimension_names for {dimensions} dimensions");
        long stored = Readers.StoredObjects(Path.Join(_root, path));
        var possible = GridSize(meta);
        if (stored > possible)
            Say(path, $"{stored} objects are stored in a grid of {possible}");
    }

    private static long GridSize(JsonElement meta)
    {
        var shape = Numbers(meta.GetProperty("shape"));
        var chunk = Numbers(meta.GetProperty("chunk_grid").GetProperty("configuration").GetProperty("chunk_shape"));
        return shape.Zip(chunk, (length, size) => (length + size - 1) / size).Aggregate(1L, (a, b) => checked(a * b));
    }

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt64())];

    private static bool IsArray(JsonElement meta) => meta.GetProperty("node_type").GetString() == "array";

    private static JsonElement? Ome(JsonElement meta) =>
        meta.TryGetProperty("attributes", out var attributes) && attributes.TryGetProperty("ome", out var ome) ? ome : null;

    private static string Below(string path, string name) => path == "" ? name : $"{path}/{name}";

    private void Say(string path, string problem) => _problems.Add($"{(path == "" ? "." : path)}: {problem}");

    // The node's metadata; null when there is none, which the caller judges.
    private JsonElement? Node(string path)
    {
        var file = Path.Join(_root, path, "zarr.json");
        if (!File.Exists(file))
            return null;
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
