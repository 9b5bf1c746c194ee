using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace OmeZarr.Acquisition.Text;

/// <summary>
/// Makes a folder's name from any text: one that every file system, every URL and Zarr take as it stands. The text itself is
/// kept in the metadata.
/// </summary>
/// <remarks>
/// Left are letters and digits of ASCII, '-', '_' and '.'. So the name is the same in every form of Unicode, and needs no
/// escaping anywhere. Two texts can have the same name: <see cref="GroupNames.Distinct"/> tells them apart.
/// </remarks>
public static class PathNames
{
    private const string ZarrMetadata = "zarr.json";

    /// <summary>Zarr keeps names that begin with it for itself.</summary>
    private const string ReservedByZarr = "__";

    private static readonly FrozenSet<string> DeviceNames = new[] { "CON", "PRN", "AUX", "NUL" }
        .Concat("0123456789".SelectMany(number => new[] { $"COM{number}", $"LPT{number}" }))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Letters that are written otherwise in ASCII, each row after what it becomes.</summary>
    private static readonly FrozenDictionary<int, string> Letters = new[]
    {
        ("A", "ÀÁÂÃÄÅĀĂĄǍ\u212B"), ("C", "ÇĆĈĊČ"), ("D", "ĎĐÐ"), ("E", "ÈÉÊËĒĔĖĘĚ"), ("G", "ĜĞĠĢ"), ("H", "ĤĦ"),
        ("I", "ÌÍÎÏĨĪĬĮİ"), ("J", "Ĵ"), ("K", "Ķ"), ("L", "ĹĻĽĿŁ"), ("N", "ÑŃŅŇ"), ("O", "ÒÓÔÕÖØŌŎŐ"), ("R", "ŔŖŘ"),
        ("S", "ŚŜŞŠȘ"), ("T", "ŢŤŦȚ"), ("U", "ÙÚÛÜŨŪŬŮŰŲ"), ("W", "Ŵ"), ("Y", "ÝŶŸ"), ("Z", "ŹŻŽ"),
        ("a", "àáâãäåāăąǎ"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņň"), ("o", "òóôõöøōŏő"), ("r", "ŕŗř"),
        ("s", "śŝşšș"), ("t", "ţťŧț"), ("u", "ùúûüũūŭůűų\u00B5\u03BC"), ("w", "ŵ"), ("y", "ýŷÿ"), ("z", "źżž"),
        ("AE", "Æ"), ("ae", "æ"), ("OE", "Œ"), ("oe", "œ"), ("ss", "ß"), ("Th", "Þ"), ("th", "þ"),
    }.SelectMany(row => row.Item2.Select(letter => ((int)letter, row.Item1)))
        .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>
    /// The name: letters lose their accents, and any run of other characters between two that stay becomes a '-'. Full stops at
    /// the ends go, as does what only Zarr may begin with; what is a device's name, or that of Zarr's metadata, begins with '_'.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">The most characters, each a byte, but for that '_'.</param>
    /// <returns>Empty when no letter and no digit is left.</returns>
    public static string Of(string text, int longest)
    {
        var name = Plain(text, longest).TrimEnd('.');
        while (name.StartsWith(ReservedByZarr, StringComparison.Ordinal))
            name = name[1..];
        if (!name.Any(char.IsAsciiLetterOrDigit))
            return "";
        return IsDevice(name) || name.Equals(ZarrMetadata, StringComparison.OrdinalIgnoreCase) ? $"_{name}" : name;
    }

    /// <summary>Whether Windows takes a name of letters and digits for a device, whatever its folder.</summary>
    public static bool IsDevice(string name) => DeviceNames.Contains(name.Split('.')[0]);

    /// <summary>Whether a text has something to see: white space and control characters alone are no name.</summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().Any(rune =>
        !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format));

    private static string Plain(string text, int longest)
    {
        var name = new StringBuilder(Math.Min(text.Length, longest));
        var isApart = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var letter = AsciiOf(rune);
            if (letter is null || (letter == "." && name.Length == 0))
            {
                isApart = name.Length > 0;
                continue;
            }

            if (letter.Length > 0 && isApart)
                letter = $"-{letter}";
            if (name.Length + letter.Length > longest)
                break;
            isApart &= letter.Length == 0;
            name.Append(letter);
        }

        return name.ToString();
    }

    /// <summary>What is written for a character: itself, letters of ASCII, nothing for an accent; null for all others.</summary>
    private static string? AsciiOf(Rune rune)
    {
        if (rune.IsAscii && (char)rune.Value is var character)
            return char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character.ToString() : null;
        return rune.Value is >= 0x300 and <= 0x36F ? "" : Letters.GetValueOrDefault(rune.Value);
    }
}
