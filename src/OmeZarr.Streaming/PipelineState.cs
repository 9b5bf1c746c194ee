using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;

namespace OmeZarr.Streaming;

/// <summary>
/// What the metadata says of a camera's frames and of the length of its images: nothing that a reader would not find.
/// </summary>
/// <param name="Counts">How many frames were appended, skipped, dropped and stored.</param>
/// <param name="Missing">The missing frames.</param>
/// <param name="Lengths">Lengths of the growing axis, by level and then by image; default when <paramref name="Counts"/>
/// determine them.</param>
/// <param name="NeverCame">Whether some frames were neither appended nor skipped, of those declared or up to the last.</param>
internal sealed record PipelineState(FrameCounts Counts, FrameRuns Missing, ImmutableArray<long> Lengths, bool NeverCame)
{
    private long LeastLength { get; init; }

    /// <summary>Frames of which the metadata of single frames tells, in the end.</summary>
    public long Rows { get; private init; }

    /// <summary>The frame with which the acquisition can go on.</summary>
    public long NextFrame { get; private init; }

    /// <summary>The frame with which the session went on, while it takes frames; null for any other.</summary>
    public long? ResumedAt { get; private init; }

    /// <summary>What is left of the axis that an early end cuts back; null when it stays as it is.</summary>
    public long? CutLength { get; private init; }

    /// <summary>The state while frames come, after a publication.</summary>
    public static PipelineState SoFar(CameraPipeline pipeline, StoredImages images)
    {
        // Read first: what is sorted later is not in the way of what has been stored by now.
        var routed = pipeline.Distributor.RoutedBefore;
        long Published(int image) => pipeline.LevelArrays[0].Find(image)?.PublishedLength
            ?? pipeline.LengthBefore(pipeline.Plan.Levels[0], image);
        var next = images.NextFrame(routed, Published);
        var length = images.Grow ? Enumerable.Range(0, pipeline.Plan.Images.Length).Max(Published) : 0;
        var seen = images.Grow ? checked(length * pipeline.Plan.Router.FramesPerUnboundedStep) : pipeline.Distributor.FramesSeen;
        var counts = CountsOf(pipeline, Math.Min(seen, pipeline.Distributor.FramesSeen),
            images.Frames(image => pipeline.LevelArrays[0].Find(image)?.PublishedLength ?? 0));
        return new PipelineState(counts, pipeline.Lost.Missing.Below(long.MaxValue), default, NeverCame: false)
        {
            NextFrame = next,
            ResumedAt = pipeline.Resumed?.Next,
        };
    }

    /// <summary>The state after the last chunk row has ended and every shard was completed, or could not be.</summary>
    /// <param name="pipeline">The camera's pipeline.</param>
    /// <param name="images">The lengths of its images.</param>
    /// <param name="givenUp">Whether frames may have been given up: then nothing is claimed beyond the last chunk that was
    /// written.</param>
    public static PipelineState AtEnd(CameraPipeline pipeline, StoredImages images, bool givenUp) =>
        images.Grow ? OfGrown(pipeline, images, givenUp) : OfDeclared(pipeline, images, givenUp);

    // All that was declared, or as much of the axis that is cut back as the frames need that came; where some were given up, no
    // more than readers find. One element stays in any case: an axis that was declared is never empty.
    private static PipelineState OfDeclared(CameraPipeline pipeline, StoredImages images, bool givenUp)
    {
        var (router, axis) = (pipeline.Plan.Router, pipeline.Plan.CutAxis);
        var seen = pipeline.Distributor.FramesSeen;
        AddLostChunkRows(pipeline);
        long? length = axis < 0 ? null
            : Math.Max(1, Math.Min(router.LengthAlong(axis, seen), givenUp ? images.Reached : long.MaxValue));
        var frames = length is { } left ? checked(left * router.FramesPerStep(axis)) : router.TotalFrames!.Value;
        var neverCame = pipeline.Lost.AddThoseThatNeverCame(seen, frames) || (length is null && seen < frames);
        var missing = pipeline.Lost.Missing.Below(frames);
        return new PipelineState(CountsOf(pipeline, Math.Min(seen, frames), images.Frames(_ => 0)), missing, default, neverCame)
        {
            Rows = frames,
            // What was skipped behind the end comes again, and is skipped again.
            NextFrame = images.NextFrame(Math.Min(seen, frames), _ => 0),
            CutLength = length is { } cut && cut < pipeline.Plan.Axes[axis].Count ? cut : null,
        };
    }

    private static PipelineState OfGrown(CameraPipeline pipeline, StoredImages images, bool givenUp)
    {
        var router = pipeline.Plan.Router;
        var seen = pipeline.Distributor.FramesSeen;
        var most = router.UnboundedExtent(seen);
        // Some readers do not open an empty array. After a failure, though, nothing is claimed that is not there.
        var least = givenUp && pipeline.Counters.FramesAppended > 0 ? 0 : 1;
        var neverCame = pipeline.Lost.AddThoseThatNeverCame(seen, checked(Math.Max(least, most) * router.FramesPerUnboundedStep));
        var lengths = LengthsAtEnd(pipeline, images, givenUp ? Math.Min(most, images.Reached) : most);
        var full = lengths.AsSpan(0, pipeline.Plan.Images.Length);
        long longest = 0;
        foreach (var length in full)
            longest = Math.Max(longest, length);
        var frames = checked(Math.Max(least, longest) * router.FramesPerUnboundedStep);
        AddFramesBeyond(pipeline, lengths, longest, Math.Min(seen, frames));
        seen = Math.Min(seen, checked(longest * router.FramesPerUnboundedStep));
        var counts = CountsOf(pipeline, seen, stored: 0);
        return new PipelineState(counts, pipeline.Lost.Missing.Below(frames), FollowFromFrames(pipeline, lengths, longest)
            ? default : lengths, neverCame)
        {
            Rows = seen,
            NextFrame = images.NextFrame(seen, image => lengths[image]),
            LeastLength = least,
        };
    }

    /// <summary>The form that the documents take.</summary>
    /// <param name="intensities">The display ranges of the channels, if they are known.</param>
    /// <param name="frames">The metadata of single frames, or null.</param>
    public CameraState Described(IReadOnlyList<IntensityWindow?>? intensities = null, RecordedFrames? frames = null) =>
        new(Counts, intensities ?? [], frames)
        {
            NextFrame = NextFrame,
            ResumedAt = ResumedAt,
            Missing = Missing,
            Lengths = Lengths,
            LeastLength = LeastLength,
        };

    private static FrameCounts CountsOf(CameraPipeline pipeline, long seen, long stored)
    {
        // A frame is counted only after it has been published.
        var appended = Math.Max(stored, pipeline.Counters.FramesAppended);
        return new FrameCounts(seen, appended, pipeline.Counters.FramesSkipped, pipeline.Counters.FramesDropped, stored);
    }

    private static ImmutableArray<long> LengthsAtEnd(CameraPipeline pipeline, StoredImages images, long most)
    {
        var count = pipeline.Plan.Images.Length;
        var lengths = new long[pipeline.Plan.Levels.Length * count];
        Span<long> levels = stackalloc long[pipeline.Plan.Levels.Length];
        for (var image = 0; image < count; image++)
        {
            images.AtEnd(image, most, levels);
            for (var level = 0; level < levels.Length; level++)
                lengths[level * count + image] = levels[level];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(lengths);
    }

    // The usual end: nothing was given up.
    private static bool FollowFromFrames(CameraPipeline pipeline, ImmutableArray<long> lengths, long longest)
    {
        var count = pipeline.Plan.Images.Length;
        foreach (var level in pipeline.Plan.Levels)
        {
            var length = level.LengthAlong(pipeline.Plan.Router.UnboundedAxis, longest);
            if (lengths.AsSpan(level.Number * count, count).ContainsAnyExcept(length))
                return false;
        }

        return true;
    }

    // When the store fails, images may end at different lengths; frame numbers run over all of them.
    private static void AddFramesBeyond(CameraPipeline pipeline, ImmutableArray<long> lengths, long longest, long seen)
    {
        var router = pipeline.Plan.Router;
        var shortest = longest;
        for (var image = 0; image < pipeline.Plan.Images.Length; image++)
            shortest = Math.Min(shortest, lengths[image]);
        var at = new long[router.FrameAxes];
        for (var frame = checked(shortest * router.FramesPerUnboundedStep); frame < seen; frame++)
        {
            var image = router.Locate(frame, at);
            if (at[router.UnboundedAxis] >= lengths[image])
                pipeline.Lost.AddGivenUp(frame);
        }
    }

    // For a bounded array, whose shape was declared.
    private static void AddLostChunkRows(CameraPipeline pipeline)
    {
        for (var image = 0; image < pipeline.Plan.Images.Length; image++)
        {
            foreach (var first in pipeline.LevelArrays[0].Find(image)?.LostChunkRows() ?? [])
                AddFrames(pipeline, image, first, axis: 0);
        }
    }

    private static void AddFrames(CameraPipeline pipeline, int image, long[] at, int axis)
    {
        var array = pipeline.Plan.Arrays[image];
        if (axis == at.Length)
        {
            pipeline.Lost.AddGivenUp(pipeline.Plan.Router.FrameAt(image, at));
            return;
        }

        var first = at[axis];
        for (; at[axis] < Math.Min(first + array.ChunkShape[axis], array.Shape[axis]); at[axis]++)
            AddFrames(pipeline, image, at, axis + 1);
        at[axis] = first;
    }
}
