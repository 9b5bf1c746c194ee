using OmeZarr.Memory;
using OmeZarr.Streaming.Assembly;
using OmeZarr.Streaming.PixelFormats;

namespace OmeZarr.Streaming.Workers;

/// <summary>Where a camera's frames lie, and how workers read them.</summary>
/// <param name="Ring">Holds the frames.</param>
/// <param name="Unpacker">Unpacks frames whose pixels are not of the dtype; null when they are.</param>
/// <param name="Intensities">Watches the pixels, or null when nothing will be said of them.</param>
internal sealed record FrameSource(FrameRing Ring, FrameUnpacker? Unpacker, IntensitySampler? Intensities);
