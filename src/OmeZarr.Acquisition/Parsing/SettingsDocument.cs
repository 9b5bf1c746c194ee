using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Opens the bytes of a settings document; whatever they are, the outcome is a document or problems.</summary>
internal static class SettingsDocument
{
    /// <summary>Room for hundreds of thousands of positions.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>Settings are at most seven levels deep.</summary>
    public const int MaxDepth = 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the bytes, or returns null after having told why not.</summary>
    public static JsonDocument? Open(ReadOnlySpan<byte> utf8, ProblemList problems)
    {
        if (utf8.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        if (utf8.Length > MaxBytes)
        {
            problems.Add("", $"the document has {ProblemList.Show(utf8.Length)} bytes; at most {ProblemList.Show(MaxBytes)} are read");
            return null;
        }

        if (!Utf8.IsValid(utf8))
        {
            problems.Add("", $"not UTF-8 at {Place(utf8, FirstInvalid(utf8))}");
            return null;
        }

        try
        {
            if (!CheckStrings(utf8, problems))
                return null;
            var document = JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            problems.Add("", document.RootElement, "a JSON object");
            document.Dispose();
        }
        catch (JsonException error)
        {
            problems.Add("", $"not valid JSON at line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}: {FirstSentence(error.Message)}");
        }

        return null;
    }

    /// <summary>Walks all tokens; an escaped half of a surrogate pair is valid JSON but no text.</summary>
    private static bool CheckStrings(ReadOnlySpan<byte> utf8, ProblemList problems)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                problems.Add("", $"text with half a surrogate pair at {Place(utf8, (int)reader.TokenStartIndex)}");
                return false;
            }
        }

        return true;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }

    private static string Place(ReadOnlySpan<byte> utf8, int offset)
    {
        var before = utf8[..offset];
        return $"line {before.Count((byte)'\n') + 1}, column {offset - before.LastIndexOf((byte)'\n')}";
    }

    /// <summary>The reader's own message repeats the place in its own words; only what it says before that is kept.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
