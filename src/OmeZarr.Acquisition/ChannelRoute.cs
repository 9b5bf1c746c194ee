using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition;

/// <summary>
/// Tells which channel a frame, or a plane of it, shows, whether channels are an axis of the images or select the image.
/// Immutable.
/// </summary>
public sealed class ChannelRoute
{
    private readonly long _planesPerStep = 1;
    private readonly int _planesPerFrame;

    public ChannelRoute(CameraPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _planesPerFrame = plan.Router.PlanesPerFrame;
        var dimensions = plan.Settings.Dimensions;
        if (ImageAxes.Channels(plan.Settings) is not { } channels || dimensions.IndexOf(channels) is var place
            && place >= dimensions.Length - 2)
            return;
        Count = channels.Count;
        // Only the first dimension may be without a count, and nothing is faster than itself.
        foreach (var faster in dimensions[(dimensions.IndexOf(channels) + 1)..^2])
            _planesPerStep = checked(_planesPerStep * faster.Count!.Value);
    }

    /// <summary>Number of channels; 1 when there is no such dimension, null when they come without end.</summary>
    public long? Count { get; } = 1;

    /// <summary>The channel of a plane of a frame, counted from 0.</summary>
    public long Of(long frame, int plane)
    {
        var step = (frame * _planesPerFrame + plane) / _planesPerStep;
        return Count is { } count ? step % count : step;
    }

    /// <summary>The number of a plane among those of its channel, counted from 0 over all images.</summary>
    public long NumberInChannel(long frame, int plane)
    {
        var number = frame * _planesPerFrame + plane;
        var round = Count is { } count ? number / (_planesPerStep * count) : 0;
        return round * _planesPerStep + number % _planesPerStep;
    }
}
