using System.Text.Json;
using System.Text.Json.Nodes;

namespace OmeZarr.Acquisition.Text;

/// <summary>Copies parsed JSON into nodes that are sound throughout: of a repeated key the last value counts.</summary>
internal static class JsonCopy
{
    /// <param name="element">Of a document from <see cref="JsonText"/>, whose depth is bounded.</param>
    public static JsonNode? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var copy = new JsonObject();
                foreach (var member in element.EnumerateObject())
                    copy[member.Name] = Of(member.Value);
                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Of)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
