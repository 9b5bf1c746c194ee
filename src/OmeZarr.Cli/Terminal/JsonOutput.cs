using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OmeZarr.Cli.Terminal;

/// <summary>Answers for programs: one JSON document, indented, in plain UTF-8.</summary>
internal static class JsonOutput
{
    // What terminals would take for a command is escaped all the same.
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter to, JsonNode json)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Options))
            json.WriteTo(writer);
        to.WriteLine(Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length)));
    }
}
