using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Frames that a camera's images lack: skipped or dropped, never arrived, or taken and given up before they reached a chunk.
/// Written by the distributor, read by the flush loop; <see cref="FirstOf"/> after the end only.
/// </summary>
/// <param name="plan">The camera.</param>
/// <param name="ledger">Which frame numbers have been taken.</param>
/// <param name="mostRuns">The most runs of missing frames that are kept.</param>
internal sealed class LostFrames(CameraPlan plan, FrameLedger ledger, int mostRuns)
{
    private readonly long[] _index = new long[plan.Router.FrameAxes];
    private long[]? _first;

    /// <summary>The numbers of the missing frames, as far as they are known.</summary>
    public MissingFrames Missing { get; } = new(mostRuns);

    private bool IsBounded => plan.Router.UnboundedAxis < 0;

    /// <summary>Records a plane that was taken and will not be stored; the distributor only.</summary>
    public void Add(long frame, int plane)
    {
        if (IsBounded)
        {
            Missing.Add(frame);
            return;
        }

        if (_first is null)
            Array.Fill(_first = new long[plan.Images.Length], long.MaxValue);
        ref var first = ref _first[plan.Router.Locate(frame, plane, _index)];
        first = Math.Min(first, _index[plan.Router.UnboundedAxis]);
    }

    /// <summary>
    /// The first index along the unbounded axis at which an image lacks a frame that was taken; the largest number for none.
    /// </summary>
    public long FirstOf(int image) => _first?[image] ?? long.MaxValue;

    /// <summary>
    /// Adds the frames that never came; after the end. Returns whether there are any before the last one that did.
    /// </summary>
    /// <param name="framesSeen">The highest frame number plus 1.</param>
    /// <param name="frames">Frames that the images have room for, at least as many.</param>
    public bool AddThoseThatNeverCame(long framesSeen, long frames)
    {
        var any = false;
        for (var frame = ledger.Lowest; frame < framesSeen; frame++)
        {
            if (ledger.IsRouted(frame))
                continue;
            Missing.Add(frame);
            any = true;
        }

        Missing.Add(framesSeen, frames - framesSeen);
        return any;
    }
}
