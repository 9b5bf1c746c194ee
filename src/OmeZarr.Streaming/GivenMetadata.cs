using System.Text.Json.Nodes;
using OmeZarr.Documents;

namespace OmeZarr.Streaming;

/// <summary>
/// Metadata that callers set under names of their own, until it is written for the last time. Any thread; nobody waits here for
/// the store.
/// </summary>
internal sealed class GivenMetadata
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonNode?> _root = [];
    private readonly Dictionary<int, Dictionary<string, JsonNode?>> _images = [];
    private bool _isNew;
    private bool _isFinal;

    /// <summary>Replaces a namespace of the acquisition; false when it is too late.</summary>
    public bool TrySet(string name, JsonNode? value)
    {
        lock (_lock)
        {
            if (_isFinal)
                return false;
            _root[name] = value;
            return _isNew = true;
        }
    }

    /// <summary>The same for one image, by its index in the plan.</summary>
    public bool TrySet(int image, string name, JsonNode? value)
    {
        lock (_lock)
        {
            if (_isFinal)
                return false;
            if (!_images.TryGetValue(image, out var namespaces))
                _images.Add(image, namespaces = []);
            namespaces[name] = value;
            return _isNew = true;
        }
    }

    /// <summary>Everything set so far, and whether any of it is new since the last call.</summary>
    public UserNamespaces Take(out bool isNew)
    {
        lock (_lock)
        {
            isNew = _isNew;
            _isNew = false;
            return new UserNamespaces
            {
                Root = new Dictionary<string, JsonNode?>(_root),
                Images = _images.ToDictionary(
                    image => image.Key, image =>
                        (IReadOnlyDictionary<string, JsonNode?>)new Dictionary<string, JsonNode?>(image.Value)),
            };
        }
    }

    /// <summary>Everything that was set; nothing can follow.</summary>
    public UserNamespaces TakeLast()
    {
        lock (_lock)
            _isFinal = true;
        return Take(out _);
    }
}
