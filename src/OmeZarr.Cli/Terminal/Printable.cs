using System.Globalization;
using System.Text;

namespace OmeZarr.Cli.Terminal;

/// <summary>Texts of datasets, which anybody may have written, as they may be shown on a terminal.</summary>
internal static class Printable
{
    /// <summary>
    /// The text on one line, without what terminals would take for a command: such characters are shown as numbers.
    /// </summary>
    public static string Text(string text)
    {
        if (!text.Any(IsDangerous))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (IsDangerous(character))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                shown.Append(character);
        }

        return shown.ToString();
    }

    /// <summary>The same, of at most so many characters.</summary>
    public static string Text(string text, int most)
    {
        var shown = Text(text.Length > most ? text[..most] : text);
        return shown.Length > most || text.Length > most ? $"{shown[..Math.Min(shown.Length, most - 1)]}…" : shown;
    }

    // Control characters, and those that turn the direction of what follows.
    private static bool IsDangerous(char character) => char.IsControl(character)
        || character is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u2028' or '\u2029';
}
