using System.Text.Json.Nodes;

namespace OmeZarr.Acquisition;

/// <summary>What the final documents say of single images, beyond what the plan says. Values are only read.</summary>
public sealed record FinalAdditions
{
    /// <summary>Metadata of an image by name, by the image's index.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<string, JsonNode?>> ImageNamespaces { get; init; } =
        new Dictionary<int, IReadOnlyDictionary<string, JsonNode?>>();

    /// <summary>What is known of frames, or null when nothing is.</summary>
    public RecordedFrames? Frames { get; init; }

    /// <summary>Whether there is anything about an image.</summary>
    internal bool Describe(int image) => ImageNamespaces.ContainsKey(image) || Frames?.Describes(image) == true;

    /// <summary>Adds what there is about an image to its group's attributes.</summary>
    /// <exception cref="ArgumentException">A name is reserved, see <see cref="UserMetadata.Refusal"/>.</exception>
    internal void AddTo(JsonObject attributes, int image)
    {
        foreach (var (name, value) in ImageNamespaces.GetValueOrDefault(image) ?? new Dictionary<string, JsonNode?>())
        {
            if (UserMetadata.Refusal(name) is { } refusal)
                throw new ArgumentException(refusal, nameof(image));
            attributes[name] = value?.DeepClone();
        }

        Frames?.AddTo(attributes, image);
    }
}
