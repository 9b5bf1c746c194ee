using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>Typed access to metadata that may be of any kind; what is wrong is named by its place.</summary>
internal static class StoredJson
{
    internal static JsonObject AsObject(this JsonNode? node, string place) =>
        node as JsonObject ?? throw Expected(place, "an object", node);

    internal static JsonArray AsList(this JsonNode? node, string place) =>
        node as JsonArray ?? throw Expected(place, "a list", node);

    internal static ImmutableArray<T> Each<T>(this JsonNode? node, string place, Func<JsonNode?, string, T> read)
    {
        var list = node.AsList(place);
        var items = ImmutableArray.CreateBuilder<T>(list.Count);
        for (var i = 0; i < list.Count; i++)
            items.Add(read(list[i], $"{place}[{i}]"));
        return items.MoveToImmutable();
    }

    internal static string AsText(this JsonNode? node, string place) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>() : throw Expected(place, "a text", node);

    internal static string? AsOptionalText(this JsonNode? node, string place) => node is null ? null : node.AsText(place);

    internal static double AsNumber(this JsonNode? node, string place) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number)
            ? number : throw Expected(place, "a number", node);

    internal static int AsIndex(this JsonNode? node, string place) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number)
        && number >= 0
            ? number : throw Expected(place, "a whole number from 0", node);

    internal static bool AsBoolean(this JsonNode? node, string place, bool ifMissing) => node switch
    {
        null => ifMissing,
        JsonValue value when value.GetValueKind() is JsonValueKind.True => true,
        JsonValue value when value.GetValueKind() is JsonValueKind.False => false,
        _ => throw Expected(place, "true or false", node),
    };

    internal static NgffFormatException Expected(string place, string expected, JsonNode? found)
    {
        const int most = 80;
        var text = found?.ToJsonString() ?? "null";
        return new NgffFormatException(
            $"`{place}` must be {expected}, not {(text.Length > most ? text[..most] + "…" : text)}.");
    }
}
