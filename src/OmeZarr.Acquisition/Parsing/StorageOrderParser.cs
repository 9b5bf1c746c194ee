using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>storage_order</c>: a word, or all dimensions' names.</summary>
internal static class StorageOrderParser
{
    public static StorageOrder Parse(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        var ome = new StorageOrder(StorageOrderKind.Ome, []);
        if (!json.TryGet("storage_order", out var value))
            return ome;
        if (value.ValueKind == JsonValueKind.Array)
            return Explicit(json, dimensions) ?? ome;
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals("acquisition"))
            return new StorageOrder(StorageOrderKind.Acquisition, []);
        if (value.ValueKind != JsonValueKind.String || !value.ValueEquals("ome"))
            json.Report("storage_order", "\"ome\", \"acquisition\" or a list of all dimensions' names");
        return ome;
    }

    private static StorageOrder? Explicit(SettingsObject json, ImmutableArray<DimensionSettings> dimensions)
    {
        if (json.Texts("storage_order") is not { } names || dimensions.Length < 2)
            return null;
        var known = dimensions.Select(dimension => dimension.Name).ToArray();
        if (names.Length != known.Length || !names.ToHashSet().SetEquals(known))
        {
            json.Report("storage_order", $"a list of all dimensions' names, each once: {string.Join(", ", known)}");
            return null;
        }

        if (!names.AsSpan(^2..).SequenceEqual(known.AsSpan(^2..)))
        {
            json.Report("storage_order", $"a list that ends with the frame's own {known[^2]}, {known[^1]} in this order");
            return null;
        }

        return new StorageOrder(StorageOrderKind.Explicit, [.. names]);
    }
}
