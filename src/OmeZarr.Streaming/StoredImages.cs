using OmeZarr.Acquisition;
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

    /// <summary>What an image has had from before, as far as it belongs to frames that are not taken anew.</summary>
    public long Before(LevelPlan level, int image) => pipeline.Resumed is not { } resumed ? 0 : Math.Min(
        pipeline.LengthBefore(level, image), level.LengthAlong(_axis, pipeline.Plan.Router.UnboundedExtent(resumed.Next)));

    /// <summary>
    /// The number of the frame before which there is everything: an acquisition can go on with it. Nothing is there that lies
    /// beyond the length of its image.
    /// </summary>
    /// <param name="end">Frames that are known to have come, or never to come.</param>
    /// <param name="lengthOf">The length of an image as readers find it.</param>
    public long NextFrame(long end, Func<int, long> lengthOf)
    {
        var next = Math.Min(end, pipeline.Frontier.First);
        Span<long> at = stackalloc long[pipeline.Plan.Router.FrameAxes];
        at.Clear();
        for (var image = 0; Grow && image < pipeline.Plan.Images.Length; image++)
        {
            at[_axis] = lengthOf(image);
            next = Math.Min(next, pipeline.Plan.Router.FrameAt(image, at));
        }

        return Math.Max(next, pipeline.Resumed?.Next ?? 0);
    }

    /// <summary>The same at the end: up to the last frame, or to the first that was given up.</summary>
    /// <param name="image">Index of the image in its camera.</param>
    /// <param name="most">The length that the frames seen so far need.</param>
    /// <param name="lengths">Receives the length of each level.</param>
    public void AtEnd(int image, long most, Span<long> lengths)
    {
        Agree(image, Math.Min(most, WholeChunks(pipeline.Lost.FirstOf(image))), array =>
            array?.LengthBeforeLost ?? long.MaxValue, lengths);
        foreach (var level in pipeline.Plan.Levels)
            lengths[level.Number] = Math.Max(lengths[level.Number], Before(level, image));
    }

    /// <summary>The length up to the last full-resolution chunk that readers find in any image; after the end.</summary>
    public long Reached => Math.Max(
        pipeline.LevelArrays[0].Outputs.Select(array => array.ReachedLength).DefaultIfEmpty().Max(),
        pipeline.Plan.EndingAxis is >= 0 and var axis ? pipeline.Plan.Router.LengthAlong(axis, pipeline.Resumed?.Next ?? 0) : 0);

    /// <summary>Frames that readers find.</summary>
    /// <param name="lengthOf">The published length of an image.</param>
    public long Frames(Func<int, long> lengthOf)
    {
        // Those from before are within every length.
        var planes = checked((pipeline.Resumed?.Kept ?? 0) * pipeline.Plan.Router.PlanesPerFrame);
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
