using System.Collections.Immutable;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.Layout;

/// <summary>
/// What an acquisition that goes on finds of a camera's frames. Those whose shards (or chunks) are whole at every level stay as
/// they are: they are settled. The others come once more, from the store, before the camera goes on. Immutable; any thread.
/// </summary>
/// <param name="progress">How far the camera had come.</param>
/// <param name="first">The first frame that comes once more; the next one when there is none.</param>
/// <param name="replayed">Of the frames from there on, which ones do.</param>
internal sealed class ResumedFrames(StoredProgress progress, long first, bool[] replayed)
{
    /// <summary>How far the camera had come.</summary>
    public StoredProgress Progress => progress;

    /// <summary>The frame with which the camera goes on.</summary>
    public long Next => progress.NextFrame;

    /// <summary>The first frame that comes once more, or <see cref="Next"/>.</summary>
    public long First => first;

    /// <summary>Frames before the next one that the dataset has.</summary>
    public long Kept => Next - progress.Missing.Runs.Sum(run => run.Count);

    /// <summary>Of these, the ones that do not come once more.</summary>
    public long KeptAsTheyAre
    {
        get
        {
            var settled = Kept;
            for (var frame = first; frame < Next; frame++)
                settled -= IsReplayed(frame) && IsKept(frame) ? 1 : 0;
            return settled;
        }
    }

    /// <summary>Whether a frame comes once more, or is missed once more.</summary>
    public bool IsReplayed(long frame) => frame >= first && frame < Next && replayed[frame - first];

    /// <summary>Whether everything that a frame is part of stays as it is.</summary>
    public bool IsSettled(long frame) => frame < Next && !IsReplayed(frame);

    /// <summary>Whether the dataset has a frame.</summary>
    public bool IsKept(long frame) => frame < Next && !IsMissing(progress.Missing.Runs, frame);

    private static bool IsMissing(ImmutableArray<FrameRun> runs, long frame)
    {
        var (low, high) = (0, runs.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (runs[middle].End <= frame)
                low = middle + 1;
            else
                high = middle;
        }

        return low < runs.Length && runs[low].First <= frame;
    }
}
