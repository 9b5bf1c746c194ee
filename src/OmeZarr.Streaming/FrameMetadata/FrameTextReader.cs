using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.FrameMetadata;

/// <summary>
/// Checks a frame's JSON and extracts the known properties. Allocates nothing, whatever the text, unless something is wrong with
/// it; that costs the same for any text.
/// </summary>
internal static class FrameTextReader
{
    /// <summary>The longest text, in bytes. Stated in the C header.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>The deepest nesting. Stated in the C header.</summary>
    public const int MostDepth = 32;

    private static readonly (FrameProperty Property, byte[] Utf8, string NotANumber)[] Numbers =
        [.. FramePropertyNames.Numbers.Select(known =>
            (known.Property, Encoding.UTF8.GetBytes(known.Name), $"{known.Name} must be a finite number"))];

    private const string NotATimestamp = $"{FramePropertyNames.Timestamp} must be a whole number of 64 bits";

    /// <summary>Why the text cannot be stored, or null.</summary>
    /// <param name="json">Any bytes.</param>
    /// <param name="properties">Receives the known properties that are not set yet.</param>
    /// <param name="hasFreeKeys">Whether the text has more than known properties.</param>
    /// <param name="lost">What is wrong with a known property, which is not taken; null when nothing is.</param>
    public static string? Read(
        ReadOnlySpan<byte> json, ref FrameProperties properties, out bool hasFreeKeys, out string? lost)
    {
        hasFreeKeys = false;
        lost = null;
        if (json.Length > MostBytes)
            return $"has {json.Length} bytes; at most {MostBytes} are taken";
        if (!Utf8.IsValid(json))
            return "is not UTF-8";
        try
        {
            // One level more than is accepted: the reader's own error would not say what is wrong.
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth + 1 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return "is not a JSON object";
            return ReadMembers(ref reader, ref properties, out hasFreeKeys, out lost);
        }
        catch (JsonException error)
        {
            return $"is not valid JSON at byte {error.BytePositionInLine} of line {error.LineNumber + 1}";
        }
    }

    private static string? ReadMembers(
        ref Utf8JsonReader reader, ref FrameProperties properties, out bool hasFreeKeys, out string? lost)
    {
        var given = properties.Has;
        hasFreeKeys = false;
        lost = null;
        while (reader.Read())
        {
            if (Refusal(reader) is { } refusal)
                return refusal;
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            if (Known(ref reader, given, ref properties, out var problem))
                lost ??= problem;
            else
                hasFreeKeys = true;
        }

        return null;
    }

    // Values given beside the text take precedence; of a repeated key the last one counts.
    private static bool Known(ref Utf8JsonReader reader, FrameProperty given, ref FrameProperties properties, out string? problem)
    {
        problem = null;
        foreach (var (property, utf8, notANumber) in Numbers)
        {
            if (!reader.ValueTextEquals(utf8))
                continue;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                return true;
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !double.IsFinite(value))
                problem = notANumber;
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
            problem = NotATimestamp;
        }
        else if ((given & FrameProperty.Timestamp) == 0)
        {
            properties.TimestampNs = timestamp;
            properties.Has |= FrameProperty.Timestamp;
        }

        return true;
    }

    private static string? Refusal(in Utf8JsonReader reader) => reader.TokenType switch
    {
        // An escaped half of a surrogate pair is valid JSON but not valid text.
        JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped && HasHalfPair(reader.ValueSpan) =>
            "has half a surrogate pair in a text",
        JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MostDepth =>
            $"is nested {MostDepth + 1} levels deep at byte {reader.TokenStartIndex}, or deeper; at most {MostDepth} are taken",
        _ => null,
    };

    // Checked in place: to unescape it would need memory.
    private static bool HasHalfPair(ReadOnlySpan<byte> escaped)
    {
        const int escapeBytes = 6;
        while (escaped.IndexOf((byte)'\\') is var at and >= 0)
        {
            escaped = escaped[at..];
            if (!IsCodeUnit(escaped, out var unit))
            {
                escaped = escaped[2..];
                continue;
            }

            escaped = escaped[escapeBytes..];
            if (char.IsLowSurrogate(unit))
                return true;
            if (!char.IsHighSurrogate(unit))
                continue;
            if (!IsCodeUnit(escaped, out var low) || !char.IsLowSurrogate(low))
                return true;
            escaped = escaped[escapeBytes..];
        }

        return false;
    }

    private static bool IsCodeUnit(ReadOnlySpan<byte> escaped, out char unit)
    {
        ushort value = 0;
        var isUnit = escaped.StartsWith("\\u"u8) && Utf8Parser.TryParse(escaped.Slice(2, 4), out value, out _, 'x');
        unit = (char)value;
        return isUnit;
    }
}
