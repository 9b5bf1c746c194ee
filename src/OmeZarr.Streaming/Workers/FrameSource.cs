using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.PixelFormats;

namespace OmeZarr.Streaming.Workers;

/// <summary>Where the frames of a camera, or the planes of one of its levels, lie, and how workers read them.</summary>
/// <param name="Places">Hold the pixels.</param>
/// <param name="Unpacker">Unpacks frames whose pixels are not of the dtype; null when they are.</param>
/// <param name="Intensities">Watches the pixels, or null when nothing will be said of them.</param>
internal sealed record FrameSource(IPlaces Places, FrameUnpacker? Unpacker = null, IntensitySampler? Intensities = null);
