using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>Checks the JSON that comes with a frame and takes the known properties out of it. Allocates nothing unless it refuses.</summary>
internal static class FrameTextReader
{
    /// <summary>The longest text, in bytes. In the C header.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>The deepest nesting. In the C header.</summary>
    public const int MostDepth = 32;

    private static readonly (FrameProperty Property, byte[] Utf8, string Name)[] Numbers =
        [.. FramePropertyNames.Numbers.Select(known => (known.Property, Encoding.UTF8.GetBytes(known.Name), known.Name))];

    /// <summary>Why the text is refused, or null.</summary>
    /// <param name="json">Any bytes.</param>
    /// <param name="properties">Receives the known properties that it does not know yet.</param>
    /// <param name="hasFreeKeys">Whether there is more in it than known properties.</param>
    public static string? Read(ReadOnlySpan<byte> json, ref FrameProperties properties, out bool hasFreeKeys)
    {
        hasFreeKeys = false;
        if (json.Length > MostBytes)
            return $"has {json.Length} bytes; at most {MostBytes} are taken";
        if (!Utf8.IsValid(json))
            return "is not UTF-8";
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return "is not a JSON object";
            return ReadMembers(ref reader, ref properties, out hasFreeKeys);
        }
        catch (JsonException error)
        {
            return $"is not valid JSON at byte {error.BytePositionInLine} of line {error.LineNumber + 1}";
        }
        catch (InvalidOperationException)
        {
            return "has half a surrogate pair in a text";
        }
    }

    private static string? ReadMembers(ref Utf8JsonReader reader, ref FrameProperties properties, out bool hasFreeKeys)
    {
        var given = properties.Has;
        hasFreeKeys = false;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                CheckText(ref reader);
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            if (Known(ref reader, given, ref properties, out var problem))
            {
                if (problem is not null)
                    return problem;
            }
            else
            {
                hasFreeKeys = true;
            }
        }

        return null;
    }

    // What was given beside the text counts more than the text; of a repeated key the last one counts.
    private static bool Known(ref Utf8JsonReader reader, FrameProperty given, ref FrameProperties properties, out string? problem)
    {
        problem = null;
        foreach (var (property, utf8, name) in Numbers)
        {
            if (!reader.ValueTextEquals(utf8))
                continue;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                return true;
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value))
                problem = $"{name} must be a finite number";
            else if ((given & property) == 0)
                properties.Set(property, value);
            return true;
        }

        if (!reader.ValueTextEquals("timestamp_ns"u8))
            return false;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var timestamp))
        {
            problem = $"{FramePropertyNames.Timestamp} must be a whole number of 64 bits";
        }
        else if ((given & FrameProperty.Timestamp) == 0)
        {
            properties.TimestampNs = timestamp;
            properties.Has |= FrameProperty.Timestamp;
        }

        return true;
    }

    // An escaped half of a surrogate pair is valid JSON but no text.
    private static void CheckText(ref Utf8JsonReader reader) => _ = reader.GetString();
}
