using System.Globalization;
using System.Text.Json;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>
/// Reads a colour as CSS writes it, or as a list of numbers, to six hexadecimal digits. Opacity is read and left out:
/// OME-Zarr has no place for it.
/// </summary>
/// <seealso href="https://www.w3.org/TR/css-color-3/"/>
internal static class ColorParser
{
    public const string Allowed =
        "a CSS colour name, #rrggbb, rgb(r, g, b), hsl(h, s%, l%), or a list of 3 or 4 numbers (RGB from 0 to 255, opacity)";

    /// <summary>Reads a colour; false when it is none.</summary>
    public static bool TryParse(JsonElement value, out string? hex)
    {
        hex = value.ValueKind switch
        {
            JsonValueKind.String => FromText(value.GetString()!.Trim().ToLowerInvariant()),
            JsonValueKind.Array => FromList(value),
            _ => null,
        };
        return hex is not null;
    }

    private static string? FromList(JsonElement list)
    {
        var numbers = new List<double>();
        foreach (var element in list.EnumerateArray())
        {
            if (numbers.Count == 4 || element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var number))
                return null;
            numbers.Add(number);
        }

        return numbers.Count >= 3 ? FromRgb(numbers) : null;
    }

    private static string? FromText(string text)
    {
        if (CssColorNames.Find(text) is { } named)
            return named;
        if (text.StartsWith("rgb", StringComparison.Ordinal))
            return Arguments(text, "rgb") is { } rgb ? FromRgb(rgb) : null;
        if (text.StartsWith("hsl", StringComparison.Ordinal))
            return Arguments(text, "hsl") is { } hsl ? FromHsl(hsl) : null;
        var digits = text.StartsWith('#') ? text[1..] : text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        if (!digits.All(char.IsAsciiHexDigit))
            return null;
        return digits.Length switch
        {
            3 or 4 => string.Concat(digits.Take(3).Select(digit => new string(digit, 2))).ToUpperInvariant(),
            6 or 8 => digits[..6].ToUpperInvariant(),
            _ => null,
        };
    }

    /// <summary>The three or four numbers of rgb(…), rgba(…), hsl(…) or hsla(…), with commas or with spaces.</summary>
    private static List<double>? Arguments(string text, string function)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || text[^1] != ')' || (text[..open] != function && text[..open] != function + "a"))
            return null;
        var numbers = new List<double>();
        var parts = text[(open + 1)..^1].Split([',', ' ', '/'], StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            var digits = part.EndsWith("deg", StringComparison.Ordinal) ? part[..^3] : part.TrimEnd('%');
            var percentOfRgb = function == "rgb" && numbers.Count < 3 && part.EndsWith('%');
            if (percentOfRgb || !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers.Add(number);
        }

        return numbers.Count is 3 or 4 ? numbers : null;
    }

    private static string? FromRgb(List<double> rgb) =>
        rgb.Take(3).All(part => part is >= 0 and <= 255) ? Hex(rgb[0], rgb[1], rgb[2]) : null;

    private static string? FromHsl(List<double> hsl)
    {
        if (!double.IsFinite(hsl[0]) || hsl[1] is not (>= 0 and <= 100) || hsl[2] is not (>= 0 and <= 100))
            return null;
        var (hue, saturation, lightness) = (((hsl[0] % 360) + 360) % 360 / 30, hsl[1] / 100, hsl[2] / 100);
        var chroma = saturation * Math.Min(lightness, 1 - lightness);
        return Hex(Part(0), Part(8), Part(4));

        double Part(int offset)
        {
            var sector = (offset + hue) % 12;
            return 255 * (lightness - (chroma * Math.Max(-1, Math.Min(Math.Min(sector - 3, 9 - sector), 1))));
        }
    }

    private static string Hex(double red, double green, double blue) =>
        string.Create(CultureInfo.InvariantCulture, $"{Byte(red):X2}{Byte(green):X2}{Byte(blue):X2}");

    private static byte Byte(double part) => (byte)Math.Clamp(Math.Round(part, MidpointRounding.AwayFromZero), 0, 255);
}
