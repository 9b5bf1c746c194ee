using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;

namespace OmeZarr.Documents;

/// <summary>Brings a new <c>zarr.json</c> together with the one in the store, which others may have changed.</summary>
internal static class StoredMetadata
{
    private const string Attributes = "attributes";

    /// <summary>zarr-python's copy of all metadata below a group: stale once anything is rewritten.</summary>
    private const string Consolidated = "consolidated_metadata";

    private const int MostBytes = 256 << 20;
    private const int MostDepth = 64;

    /// <summary>As the Zarr room writes its documents.</summary>
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// The new document with whatever the stored one has beyond it: members, attributes, and members inside the OME-Zarr
    /// attribute. A stored document that cannot be read has nothing that anybody could miss and is replaced.
    /// </summary>
    public static byte[] Merge(byte[] written, byte[]? stored)
    {
        if (stored is null || Read(stored) is not { } others)
            return written;
        var merged = JsonNode.Parse(written)!.AsObject();
        others.Remove(Consolidated);
        var otherAttributes = others[Attributes] as JsonObject;
        var attributes = merged[Attributes]!.AsObject();
        if (otherAttributes?[NgffVersions.AttributeName] is { } theirs && attributes[NgffVersions.AttributeName] is { } ours)
            AddMissing(ours, theirs);
        var added = AddMissingMembers(attributes, otherAttributes) | AddMissingMembers(merged, others);
        return added || otherAttributes is not null ? Text(merged) : written;
    }

    /// <summary>A document with one attribute replaced; null when it is none of Zarr v3.</summary>
    public static byte[]? WithAttribute(ReadOnlySpan<byte> stored, string name, JsonNode? value)
    {
        if (Read(stored) is not { } document || document["zarr_format"] is null)
            return null;
        if (document[Attributes] is not JsonObject attributes)
            document[Attributes] = attributes = [];
        attributes[name] = value?.DeepClone();
        // What a reader would believe in place of the attributes.
        document.Remove(Consolidated);
        return Text(document);
    }

    /// <summary>This library's own metadata in a document; null when there are none, or it cannot be read.</summary>
    public static JsonObject? OwnOf(ReadOnlySpan<byte> stored) =>
        Read(stored)?[Attributes]?[DatasetMetadata.OwnNamespace] as JsonObject;

    private static JsonObject? Read(ReadOnlySpan<byte> stored)
    {
        try
        {
            using var document = JsonText.Open(stored, MostBytes, MostDepth);
            return JsonCopy.Of(document.RootElement) as JsonObject;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Objects take over members that they lack; lists of the same length do so element by element.</summary>
    private static void AddMissing(JsonNode ours, JsonNode theirs)
    {
        if (ours is JsonObject ourObject && theirs is JsonObject theirObject)
        {
            foreach (var (key, value) in ourObject.ToArray())
            {
                if (value is not null && theirObject[key] is { } other)
                    AddMissing(value, other);
            }

            AddMissingMembers(ourObject, theirObject);
        }
        else if (ours is JsonArray ourList && theirs is JsonArray theirList && ourList.Count == theirList.Count)
        {
            for (var i = 0; i < ourList.Count; i++)
            {
                if (ourList[i] is { } item && theirList[i] is { } other && !IsAnotherTransformation(item, other))
                    AddMissing(item, other);
            }
        }
    }

    /// <summary>
    /// A transformation between coordinate systems that is of another type than before has other members: those that it lacks
    /// are not what others have added.
    /// </summary>
    private static bool IsAnotherTransformation(JsonNode ours, JsonNode theirs) =>
        ours is JsonObject one && theirs is JsonObject other && one.ContainsKey("input")
        && !JsonNode.DeepEquals(one["type"], other["type"]);

    private static bool AddMissingMembers(JsonObject ours, JsonObject? theirs)
    {
        var added = false;
        foreach (var (key, value) in theirs?.ToArray() ?? [])
        {
            if (ours.ContainsKey(key))
                continue;
            ours[key] = value?.DeepClone();
            added = true;
        }

        return added;
    }

    private static byte[] Text(JsonObject document)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
            document.WriteTo(writer);
        return output.WrittenSpan.ToArray();
    }
}
