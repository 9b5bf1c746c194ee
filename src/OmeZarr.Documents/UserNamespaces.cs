using System.Text.Json.Nodes;

namespace OmeZarr.Documents;

/// <summary>Metadata that the caller adds under names of its own: see <see cref="UserMetadata"/>. Values are only read.</summary>
public sealed record UserNamespaces
{
    /// <summary>Nothing.</summary>
    public static UserNamespaces None { get; } = new();

    /// <summary>Of the acquisition, by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Root { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>Of an image by name, by the image's index in the plan.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<string, JsonNode?>> Images { get; init; } =
        new Dictionary<int, IReadOnlyDictionary<string, JsonNode?>>();

    /// <summary>Whether there is anything about an image.</summary>
    internal bool Describe(int image) => Images.ContainsKey(image);

    /// <summary>Adds what there is about the acquisition to the root's attributes.</summary>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    internal void AddTo(JsonObject attributes) => Add(Root, attributes);

    /// <summary>Adds what there is about an image to its group's attributes.</summary>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    internal void AddTo(JsonObject attributes, int image)
    {
        if (Images.TryGetValue(image, out var namespaces))
            Add(namespaces, attributes);
    }

    private static void Add(IReadOnlyDictionary<string, JsonNode?> namespaces, JsonObject attributes)
    {
        foreach (var (name, value) in namespaces)
        {
            if (UserMetadata.Refusal(name) is { } refusal)
                throw new ArgumentException(refusal, nameof(namespaces));
            attributes[name] = value?.DeepClone();
        }
    }
}
