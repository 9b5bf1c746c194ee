using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;

namespace OmeZarr.Documents;

/// <summary>Acquisition-wide metadata that the caller adds under a name of its own.</summary>
public static class UserMetadata
{
    /// <summary>The longest value: read and written as objects, a byte takes up to sixty.</summary>
    public const int MostBytes = 8 << 20;
    private const int MostDepth = 48;
    private const int LongestName = 256;

    /// <summary>Names that the library and its models write themselves.</summary>
    public static IReadOnlyCollection<string> ReservedNames { get; } =
        [NgffVersions.AttributeName, "zarr", "ome_writers", DatasetMetadata.OwnNamespace];

    /// <summary>Why a name cannot be used, or null when it can.</summary>
    public static string? Refusal(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > LongestName)
            return $"a namespace has 1 to {LongestName} characters";
        return ReservedNames.Contains(name)
            ? $"the namespace `{name}` is reserved, as are {string.Join(", ", ReservedNames.Where(other => other != name))}"
            : null;
    }

    /// <summary>Reads a value, which may be any JSON; of a repeated key the last one counts.</summary>
    /// <exception cref="FormatException">It is no JSON, too large or too deep; the message says where.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        using var document = JsonText.Open(utf8, MostBytes, MostDepth);
        return JsonCopy.Of(document.RootElement);
    }
}
