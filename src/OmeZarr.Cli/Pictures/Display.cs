using System.Globalization;
using OmeZarr.Ngff.Stored;
using OmeZarr.Reading;

namespace OmeZarr.Cli.Pictures;

/// <summary>How a channel is drawn.</summary>
/// <param name="Channel">Its index along the axis of channels.</param>
/// <param name="Color">Red, green and blue at full intensity.</param>
/// <param name="Window">What is black and what is full intensity; null: percentiles of what is drawn.</param>
/// <param name="IsInverted">Whether dark and bright are swapped.</param>
internal sealed record Display(long Channel, (byte R, byte G, byte B) Color, (double Low, double High)? Window, bool IsInverted)
{
    /// <summary>More channels than that make no picture that anybody can read.</summary>
    private const int MostChannels = 16;

    private static readonly (byte, byte, byte) White = (255, 255, 255);

    private static readonly (byte, byte, byte)[] Palette =
        [(0, 255, 255), (255, 0, 255), (255, 255, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)];

    /// <summary>Where the darkest and the brightest pixels are cut off when nothing says where.</summary>
    public static (double Low, double High) Cut => (0.002, 0.998);

    /// <summary>The channels that an image shows at first, or one that is asked for.</summary>
    public static Display[] Of(DatasetImage image, long channels, long? only, bool stretch)
    {
        var shown = Enumerable.Range(0, (int)Math.Min(channels, MostChannels))
            .Where(channel => image.Channels.ElementAtOrDefault(channel) is not { IsActive: false }).Select(i => (long)i)
                .ToArray();
        if (shown.Length == 0)
            shown = [0];
        return [.. (only is { } one ? [one] : shown).Select(channel => Of(image, channel, channels == 1, stretch))];
    }

    private static Display Of(DatasetImage image, long channel, bool isOnlyOne, bool stretch)
    {
        var stored = channel < image.Channels.Length ? image.Channels[(int)channel] : null;
        var color = ColorOf(stored) ?? (isOnlyOne ? White : Palette[channel % Palette.Length]);
        var window = stored?.Window is { } given && given.End > given.Start && !stretch ? (given.Start, given.End)
            : ((double, double)?)null;
        return new Display(channel, color, window, stored?.IsInverted ?? false);
    }

    private static (byte, byte, byte)? ColorOf(StoredChannel? channel) =>
        channel?.Color is { Length: 6 } text
            && int.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb) && rgb != 0
            ? ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb) : null;
}
