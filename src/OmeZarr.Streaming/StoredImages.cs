using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming;

/// <summary>
/// The lengths that a camera's growing images may claim: no more than readers find. All levels of an image have equal length.
/// Where the growing axis itself is downsampled, a level waits for more frames than full resolution does, and full resolution
/// does not wait for it. Used by the flush loop only.
/// </summary>
internal sealed class StoredImages(CameraPipeline pipeline)
{
    private readonly int _axis = pipeline.Plan.Router.UnboundedAxis;

    /// <summary>Whether there is a growing axis.</summary>
    public bool Grow => _axis >= 0;

    /// <summary>The length of each level of an image while frames come: what is stored without missing chunks.</summary>
    public void SoFar(int image, Span<long> lengths) => Agree(image, long.MaxValue, array => array?.StoredLength ?? 0, lengths);

    /// <summary>The same at the end: up to the last frame, or to the first that was given up.</summary>
    /// <param name="image">Index of the image in its camera.</param>
    /// <param name="most">The length that the frames seen so far need.</param>
    /// <param name="lengths">Receives the length of each level.</param>
    public void AtEnd(int image, long most, Span<long> lengths) =>
        Agree(image, Math.Min(most, WholeChunks(pipeline.Lost.FirstOf(image))), array =>
            array?.LengthBeforeLost ?? long.MaxValue, lengths);

    /// <summary>The length up to the last full-resolution chunk that readers find in any image; after the end.</summary>
    public long Reached => pipeline.LevelArrays[0].Outputs.Select(array => array.ReachedLength).DefaultIfEmpty().Max();

    /// <summary>Frames that readers find.</summary>
    /// <param name="lengthOf">The published length of an image.</param>
    public long Frames(Func<int, long> lengthOf)
    {
        long planes = 0;
        for (var image = 0; image < pipeline.Plan.Images.Length; image++)
        {
            if (pipeline.LevelArrays[0].Find(image) is { } array)
                planes = checked(planes + array.PlanesStored(lengthOf(image)));
        }

        return planes / pipeline.Plan.Router.PlanesPerFrame;
    }

    // Nothing is claimed of a chunk that lacks a frame.
    private long WholeChunks(long length) => length - length % pipeline.Plan.Arrays[0].ChunkShape[_axis];

    private void Agree(int image, long most, Func<ArrayOutput?, long> limitOf, Span<long> lengths)
    {
        foreach (var level in pipeline.Plan.Levels)
        {
            lengths[level.Number] = limitOf(pipeline.ArrayOf(level, image));
            if (level.Factors[_axis] == 1)
                most = Math.Min(most, lengths[level.Number]);
        }

        foreach (var level in pipeline.Plan.Levels)
            lengths[level.Number] = Math.Min(lengths[level.Number], level.LengthAlong(_axis, most));
    }
}
