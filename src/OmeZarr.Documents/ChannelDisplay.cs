using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Documents;

/// <summary>Decides how viewers show the channels at first.</summary>
internal static class ChannelDisplay
{
    private const string White = "FFFFFF";

    /// <summary>More are not channels that somebody looks at one by one.</summary>
    private const int MostChannels = 4096;

    /// <summary>For channels of which nothing tells the colour; easy to tell apart when laid over each other.</summary>
    private static readonly string[] Palette = ["00FFFF", "FF00FF", "FFFF00", "FF0000", "00FF00", "0000FF"];

    /// <summary>Where the visible colours end, in nanometres, and how microscopes usually show them.</summary>
    private static readonly (int BelowNm, string Color)[] Spectrum =
        [(490, "0000FF"), (510, "00FFFF"), (560, "00FF00"), (590, "FFFF00"), (650, "FF0000"), (int.MaxValue, "FF00FF")];

    /// <summary>The display settings, or null when nobody asked for any.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="image">One of its images.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis by now.</param>
    /// <param name="measured">Intensities of the channels' pixels, as far as they are known.</param>
    /// <remarks>An image that a channel selects shows that channel alone.</remarks>
    public static Omero? Of(CameraPlan plan, ImagePlan image, long unboundedExtent, IReadOnlyList<IntensityWindow?> measured)
    {
        var settings = plan.Settings;
        var dimension = ImageAxes.Channels(settings);
        var named = dimension?.Channels ?? [];
        if (!(settings.Omero.Write ?? named.Length > 0))
            return null;
        var count = dimension is null ? 1 : dimension.Count ?? unboundedExtent;
        var selected = image.Indices.Where(at => at.Dimension == dimension).Select(at => at.Index);
        var shown = selected.Any() ? selected : Enumerable.Range(0, checked((int)Math.Min(count, MostChannels)));
        var channels = shown.Select(ChannelAt).ToImmutableArray();
        return new Omero(channels, Rendering(plan, channels, unboundedExtent));

        OmeroChannel ChannelAt(int i) => Channel(
            settings, i < named.Length ? named[i] : null, i, count, i < measured.Count ? measured[i] : null);
    }

    private static OmeroChannel Channel(
        CameraSettings settings, ChannelSettings? channel, int i, long count, IntensityWindow? measured)
    {
        var shown = i < settings.Omero.Channels.Length ? settings.Omero.Channels[i] : new OmeroChannelSettings();
        var color = shown.Color ?? channel?.Color ?? ByWavelength(channel) ?? (count == 1 ? White : Palette[i % Palette.Length]);
        return new OmeroChannel(
            shown.Label ?? channel?.Name ?? $"Channel {i}",
            color,
            Window(settings.DataType, shown.Window, measured),
            shown.Active ?? true,
            shown.Inverted ?? false);
    }

    private static string? ByWavelength(ChannelSettings? channel) => channel?.EmissionWavelengthNm is { } emission
        ? Spectrum.First(band => emission < band.BelowNm).Color
        : null;

    /// <summary>
    /// What is given; what the pixels are, as far as nothing is given; else all that the data type can hold (0 to 1 for
    /// floating point, where that says nothing). Always in order: viewers fail on windows that are not.
    /// </summary>
    private static OmeroWindow Window(DataType type, IntensityWindow? given, IntensityWindow? measured)
    {
        var (least, most) = type switch
        {
            DataType.UInt8 => (byte.MinValue, byte.MaxValue),
            DataType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            DataType.UInt32 => (uint.MinValue, uint.MaxValue),
            DataType.UInt64 => (ulong.MinValue, ulong.MaxValue),
            DataType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            DataType.Int16 => (short.MinValue, short.MaxValue),
            DataType.Int32 => (int.MinValue, int.MaxValue),
            DataType.Int64 => (long.MinValue, long.MaxValue),
            _ => (0.0, 1.0),
        };
        least = measured?.Min ?? least;
        most = measured?.Max ?? most;
        var start = given?.Start ?? given?.Min ?? measured?.Start ?? least;
        var end = Math.Max(start, given?.End ?? given?.Max ?? measured?.End ?? most);
        return new OmeroWindow(Math.Min(start, given?.Min ?? least), Math.Max(end, given?.Max ?? most), start, end);
    }

    private static RenderingDefaults Rendering(
        CameraPlan plan, ImmutableArray<OmeroChannel> channels, long unboundedExtent)
    {
        var settings = plan.Settings;
        var time = plan.Axes.FirstOrDefault(axis => axis.Type == DimensionType.Time);
        var stack = ImageAxes.Stack(plan.Axes);
        var colored = channels.Length > 1 || channels.Any(channel => channel.Color != White);
        return new RenderingDefaults(
            Existing(settings.Omero.DefaultT ?? 0, Length(time)),
            Existing(settings.Omero.DefaultZ ?? Length(stack) / 2, Length(stack)),
            settings.Omero.Model ?? (colored ? "color" : "greyscale"));

        long Length(DimensionSettings? axis) => axis is null ? 1 : axis.Count ?? unboundedExtent;
    }

    /// <summary>The index, or the last one that exists: viewers fail on one that does not.</summary>
    private static long Existing(long index, long length) => Math.Max(0, Math.Min(index, length - 1));
}
