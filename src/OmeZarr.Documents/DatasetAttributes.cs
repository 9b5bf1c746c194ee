using System.Text.Json.Nodes;

namespace OmeZarr.Documents;

/// <summary>Changes attributes in the documents of a dataset that nobody is writing.</summary>
public static class DatasetAttributes
{
    /// <summary>A document with one attribute replaced, all else as it was.</summary>
    /// <param name="document">The <c>zarr.json</c> of a group or an array.</param>
    /// <param name="name">The attribute's name; not a reserved one, see <see cref="UserMetadata.Refusal"/>.</param>
    /// <param name="value">Its new value, which may be JSON's null.</param>
    /// <returns>Null: the document is none that could have attributes.</returns>
    public static byte[]? With(ReadOnlySpan<byte> document, string name, JsonNode? value)
    {
        if (UserMetadata.Refusal(name) is { } refusal)
            throw new ArgumentException(refusal, nameof(name));
        return StoredMetadata.WithAttribute(document, name, value);
    }
}
