using System.Buffers;
using System.Text;

namespace OmeZarr.Acquisition.Text;

/// <summary>Says in a user's words what is wrong at a place of a text that is no JSON.</summary>
internal static class JsonComplaint
{
    private const int EscapeLength = 6; // \u and four digits

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <param name="utf8">The whole text.</param>
    /// <param name="at">The offset of the first byte that cannot be there; the length when more should follow.</param>
    public static string Of(ReadOnlySpan<byte> utf8, int at)
    {
        if (at >= utf8.Length)
            return "the document ends before it is complete";
        var before = utf8[..at];
        var sofar = before.TrimEnd(" \t\r\n"u8);
        return utf8[at] switch
        {
            _ when IsBadEscape(before) =>
                "a single backslash in a text: write each one twice, as in C:\\\\data, or use / in paths",
            (byte)'}' or (byte)']' when sofar.EndsWith(","u8) => "a comma with nothing behind it",
            (byte)'\'' => "texts and names stand in double quotes",
            (byte)'/' or (byte)'#' => "JSON has no comments",
            (byte)'N' or (byte)'I' => "JSON has no NaN and no Infinity",
            >= (byte)'0' and <= (byte)'9' when sofar.EndsWith("0"u8) => "a number that begins with 0",
            < 0x20 => "a line break or another control character within a text",
            _ => $"{Character(utf8[at..])} cannot be here",
        };
    }

    // Something between a backslash and the place, which is all that follows it so far.
    private static bool IsBadEscape(ReadOnlySpan<byte> before)
    {
        var tail = before[^Math.Min(before.Length, EscapeLength - 1)..];
        var start = tail.LastIndexOf((byte)'\\');
        if (start < 0)
            return false;
        var escape = tail[(start + 1)..];
        return escape.IsEmpty || (escape[0] == 'u' && !escape[1..].ContainsAnyExcept(HexDigits));
    }

    private static string Character(ReadOnlySpan<byte> utf8) =>
        Rune.DecodeFromUtf8(utf8, out var rune, out _) == OperationStatus.Done && !Rune.IsControl(rune)
            ? $"`{rune}`" : "this byte";
}
