using OmeZarr.Concurrency;
using OmeZarr.Streaming.PixelFormats;

namespace OmeZarr.Streaming.Encoders;

/// <summary>Where the frames of a camera, or the planes of one of its levels, lie, and how workers read them.</summary>
/// <param name="Slots">The slots that hold the pixels.</param>
/// <param name="Unpacker">Unpacks frames whose pixels are not of the dtype; null when they are.</param>
/// <param name="Intensities">Samples the pixels' intensities; null when no display range is written.</param>
internal sealed record FrameSource(IFrameSlots Slots, FrameUnpacker? Unpacker = null, IntensitySampler? Intensities = null);
