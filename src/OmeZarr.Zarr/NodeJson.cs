using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>What the <c>zarr.json</c> of arrays and groups have in common.</summary>
internal static class NodeJson
{
    private const int ZarrFormat = 3;

    /// <summary>Indented with line feeds on every system; µ and the like stay readable.</summary>
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static Utf8JsonWriter Start(IBufferWriter<byte> output, string nodeType)
    {
        var writer = new Utf8JsonWriter(output, WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("zarr_format", ZarrFormat);
        writer.WriteString("node_type", nodeType);
        return writer;
    }

    /// <summary>Ends the document with its attributes.</summary>
    internal static void Finish(Utf8JsonWriter writer, JsonObject? attributes)
    {
        writer.WritePropertyName("attributes");
        if (attributes is null)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        else
        {
            attributes.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>Reads a node's document and checks its kind; members that are neither known nor optional are refused.</summary>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> json, string nodeType, ReadOnlySpan<string> knownMembers)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new ZarrFormatException($"The metadata is not valid JSON: {e.Message}", e);
        }

        try
        {
            CheckTexts(document.RootElement);
            CheckMembers(document.RootElement, nodeType, knownMembers);
        }
        catch
        {
            document.Dispose();
            throw;
        }

        return document;
    }

    internal static JsonObject? ReadAttributes(JsonElement root) => root.OptionalMember("attributes") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } attributes => JsonObject.Create(attributes.Clone()),
        { } other => throw JsonReading.Expected("attributes", "an object", other),
    };

    /// <summary>
    /// The parser leaves two things open that would fail later, at first use: texts with half a surrogate pair, and objects
    /// with the same member twice. It does bound the depth.
    /// </summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>();
                foreach (var member in element.EnumerateObject())
                {
                    if (!names.Add(UnescapedText(() => member.Name)))
                        throw new ZarrFormatException($"The member \"{member.Name}\" occurs twice in one object.");
                    CheckTexts(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    CheckTexts(item);
                break;
            case JsonValueKind.String:
                _ = UnescapedText(() => element.GetString()!);
                break;
        }
    }

    private static string UnescapedText(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw new ZarrFormatException("A text is not valid Unicode.", e);
        }
    }

    private static void CheckMembers(JsonElement root, string nodeType, ReadOnlySpan<string> knownMembers)
    {
        if (root.Integer("zarr_format") != ZarrFormat)
            throw JsonReading.Expected("zarr_format", "3", root.Member("zarr_format"));
        if (root.Text("node_type") != nodeType)
            throw JsonReading.Expected("node_type", $"\"{nodeType}\"", root.Member("node_type"));
        foreach (var member in root.EnumerateObject())
        {
            if (!knownMembers.Contains(member.Name) && member.Value.Boolean("must_understand", ifMissing: true))
                throw new ZarrFormatException($"The member \"{member.Name}\" is not supported.");
        }
    }
}
