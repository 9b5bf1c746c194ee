using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Streaming.Output;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Frames that a camera's images lack: skipped or dropped, never arrived, or taken and given up before they reached a chunk.
/// Written by the distributor, read by the flush loop; <see cref="FirstOf"/> after the end only.
/// </summary>
/// <param name="plan">The camera.</param>
/// <param name="ledger">Which frame numbers have been taken.</param>
/// <param name="mostRuns">The most runs of missing frames that are kept.</param>
/// <param name="frontier">Learns of them, too.</param>
internal sealed class LostFrames(CameraPlan plan, FrameLedger ledger, int mostRuns, StoredFrontier frontier)
{
    private readonly long[] _index = new long[plan.Router.FrameAxes];
    private long[]? _first;
    private long _keptBefore;

    /// <summary>The numbers of the missing frames, as far as they are known.</summary>
    public MissingFrames Missing { get; } = new(mostRuns);

    private bool IsBounded => plan.Router.UnboundedAxis < 0;

    /// <summary>Goes on: frames below a number are there, or known to be missing, whatever happens to the rest.</summary>
    public void Begin(long next, FrameRuns missing)
    {
        _keptBefore = next;
        Missing.Begin(missing);
    }

    /// <summary>Adds a frame of a chunk that was given up, unless the dataset has it from before.</summary>
    public void AddGivenUp(long frame)
    {
        if (frame >= _keptBefore)
            Missing.Add(frame);
    }

    /// <summary>Records a plane that was taken and will not be stored; the distributor only.</summary>
    public void Add(long frame, int plane)
    {
        if (frame < _keptBefore)
            return;
        frontier.Lose(frame);
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
