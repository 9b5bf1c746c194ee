using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OmeZarr.Acquisition.Text;

/// <summary>Opens bytes that should be JSON; whatever they are, the outcome is a sound document or a message.</summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the bytes. All texts of the document are valid Unicode; objects may repeat a key.</summary>
    /// <exception cref="FormatException">What is wrong and where; the message goes to the user.</exception>
    public static JsonDocument Open(ReadOnlySpan<byte> utf8, int maxBytes, int maxDepth)
    {
        if (utf8.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        if (utf8.Length > maxBytes)
        {
            throw new FormatException(
                $"the document has {ProblemList.Show(utf8.Length)} bytes; at most {ProblemList.Show(maxBytes)} are read");
        }

        if (!Utf8.IsValid(utf8))
            throw new FormatException($"not UTF-8 at {Place(utf8, FirstInvalid(utf8))}");
        try
        {
            CheckTexts(utf8, maxDepth);
            return JsonDocument.Parse(utf8.ToArray(), new JsonDocumentOptions { MaxDepth = maxDepth });
        }
        catch (JsonException error)
        {
            var at = Offset(utf8, error.LineNumber ?? 0, error.BytePositionInLine ?? 0);
            throw new FormatException($"not valid JSON at {Place(utf8, at)}: {JsonComplaint.Of(utf8, at)}", error);
        }
    }

    /// <summary>Walks all tokens: an escaped half of a surrogate pair is valid JSON but no text.</summary>
    private static void CheckTexts(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        // One more than is read: the reader's own refusal does not speak of levels.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= maxDepth)
            {
                var place = Place(utf8, (int)reader.TokenStartIndex);
                throw new FormatException(
                    $"nested {maxDepth + 1} levels deep at {place}, or deeper; at most {maxDepth} are read");
            }

            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException error)
            {
                var place = Place(utf8, (int)reader.TokenStartIndex);
                throw new FormatException($"half a surrogate pair in the text at {place}", error);
            }
        }
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

    private static int Offset(ReadOnlySpan<byte> utf8, long line, long inLine)
    {
        var at = 0;
        for (; line > 0 && utf8[at..].IndexOf((byte)'\n') is var end and >= 0; line--)
            at += end + 1;
        return (int)Math.Min(utf8.Length, at + inLine);
    }
}
