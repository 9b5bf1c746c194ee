using System.Collections.Frozen;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Documents;

/// <summary>Chooses the colours of channels that were given none, as microscopes usually show them; RGB in hexadecimal.</summary>
internal static class ChannelColors
{
    public const string White = "FFFFFF";

    private const string Red = "FF0000";
    private const string Green = "00FF00";
    private const string Blue = "0000FF";
    private const string Cyan = "00FFFF";
    private const string Magenta = "FF00FF";
    private const string Yellow = "FFFF00";

    /// <summary>The planes of a colour camera; alpha is no colour.</summary>
    private static readonly (string Label, string Color)[] OfCamera =
        [("Red", Red), ("Green", Green), ("Blue", Blue), ("Alpha", White)];

    /// <summary>For channels of which nothing tells the colour; easy to tell apart when laid over each other.</summary>
    private static readonly string[] Palette = [Cyan, Magenta, Yellow, Red, Green, Blue];

    /// <summary>A channel that is named after a colour is expected in that colour.</summary>
    private static readonly FrozenDictionary<string, string> ByName = new Dictionary<string, string>
    {
        ["red"] = Red,
        ["green"] = Green,
        ["blue"] = Blue,
        ["cyan"] = Cyan,
        ["magenta"] = Magenta,
        ["yellow"] = Yellow,
        ["white"] = White,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Where bands of emission end, in nanometres. docs/settings.md lists common fluorophores: DAPI and CFP, CFP and GFP, GFP and
    /// Cy3, Cy3 and mCherry, mCherry and Cy5 are told apart.
    /// </summary>
    private static readonly (int BelowNm, string Color)[] Bands =
        [(470, Blue), (500, Cyan), (560, Green), (590, Yellow), (650, Red), (int.MaxValue, Magenta)];

    /// <summary>The colour of a channel that has none of its own.</summary>
    /// <param name="plan">The camera.</param>
    /// <param name="channel">What is known of the channel, or null.</param>
    /// <param name="number">Its number.</param>
    /// <param name="count">How many there are.</param>
    public static string Of(CameraPlan plan, ChannelSettings? channel, int number, long count) =>
        plan.PixelFormat.IsColor() ? OfCamera[number % OfCamera.Length].Color
        : channel?.EmissionWavelengthNm is { } emission ? Bands.First(band => emission < band.BelowNm).Color
        : channel is not null && ByName.TryGetValue(channel.Name.Trim(), out var named) ? named
        : count == 1 ? White
        : Palette[number % Palette.Length];

    /// <summary>The name of a plane of a colour camera; null for any other channel.</summary>
    public static string? LabelOf(CameraPlan plan, int number) =>
        plan.PixelFormat.IsColor() ? OfCamera[number % OfCamera.Length].Label : null;

    /// <summary>Whether a channel is the alpha of a colour camera, which is not shown.</summary>
    public static bool IsAlpha(CameraPlan plan, int number) => plan.PixelFormat.IsColor() && number >= OfCamera.Length - 1;
}
