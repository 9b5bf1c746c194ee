using System.Collections.Immutable;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff;

namespace OmeZarr.Documents;

/// <summary>Decides how viewers show the channels at first.</summary>
internal static class ChannelDisplay
{
    /// <summary>More are not channels that somebody looks at one by one.</summary>
    private const int MostChannels = 4096;

    /// <summary>
    /// The display settings of as many channels as the image has; null when nobody wants any, or when there are no channels yet,
    /// or too many.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="image">One of its images.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis by now.</param>
    /// <param name="measured">Intensities of the channels' pixels, as far as they are known.</param>
    /// <remarks>An image that a channel selects shows that channel alone.</remarks>
    public static Omero? Of(CameraPlan plan, ImagePlan image, long unboundedExtent, IReadOnlyList<IntensityWindow?> measured)
    {
        var settings = plan.Settings;
        if (!settings.Omero.IsWritten)
            return null;
        var dimension = ImageAxes.Channels(settings);
        var count = dimension is null ? 1 : dimension.Count ?? unboundedExtent;
        int[] selected = [.. image.Indices.Where(at => at.Dimension == dimension).Select(at => checked((int)at.Index))];
        if (selected.Length == 0 && count is 0 or > MostChannels)
            return null;
        var shown = selected.Length > 0 ? selected : Enumerable.Range(0, (int)count);
        ImmutableArray<OmeroChannel> channels =
            [.. shown.Select(i => Channel(plan, dimension, i, count, i < measured.Count ? measured[i] : null))];
        return new Omero(channels, Rendering(plan, channels, unboundedExtent));
    }

    private static OmeroChannel Channel(
        CameraPlan plan, DimensionSettings? dimension, int i, long count, IntensityWindow? measured)
    {
        var settings = plan.Settings.Omero.Channels;
        var shown = i < settings.Length ? settings[i] : new OmeroChannelSettings();
        var channel = dimension is { Channels: var named } && i < named.Length ? named[i] : null;
        return new OmeroChannel(
            shown.Label ?? channel?.Name ?? ChannelColors.LabelOf(plan, i) ?? $"Channel {i}",
            shown.Color ?? channel?.Color ?? ChannelColors.Of(plan, channel, i, count),
            DisplayWindow.Of(plan, shown.Window, measured),
            shown.Active ?? !ChannelColors.IsAlpha(plan, i),
            shown.Inverted ?? false);
    }

    private static RenderingDefaults Rendering(
        CameraPlan plan, ImmutableArray<OmeroChannel> channels, long unboundedExtent)
    {
        var settings = plan.Settings;
        var time = plan.Axes.FirstOrDefault(axis => axis.Type == DimensionType.Time);
        var stack = ImageAxes.Stack(plan.Axes);
        var colored = channels.Length > 1 || channels.Any(channel => channel.Color != ChannelColors.White);
        return new RenderingDefaults(
            Existing(settings.Omero.DefaultT ?? 0, Length(time)),
            Existing(settings.Omero.DefaultZ ?? Length(stack) / 2, Length(stack)),
            settings.Omero.Model ?? (colored ? "color" : "greyscale"));

        long Length(DimensionSettings? axis) => axis is null ? 1 : axis.Count ?? unboundedExtent;
    }

    /// <summary>The index, or the last one that exists: viewers fail on one that does not.</summary>
    private static long Existing(long index, long length) => Math.Max(0, Math.Min(index, length - 1));
}
