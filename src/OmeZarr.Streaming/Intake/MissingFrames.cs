using OmeZarr.Documents;

namespace OmeZarr.Streaming.Intake;

/// <summary>The numbers of the frames that the dataset lacks, as runs in order. Any thread.</summary>
/// <param name="most">The most runs that are kept.</param>
internal sealed class MissingFrames(int most)
{
    private readonly Lock _lock = new();
    private readonly List<FrameRun> _runs = [];
    private bool _isCut;

    /// <summary>Begins with runs.</summary>
    public void Begin(FrameRuns runs)
    {
        lock (_lock)
        {
            _runs.AddRange(runs.Runs.AsSpan());
            _isCut = runs.IsCut;
        }
    }

    /// <summary>Adds frames, which may already be included.</summary>
    public void Add(long first, long count = 1)
    {
        if (count <= 0)
            return;
        lock (_lock)
        {
            var (from, end) = (first, checked(first + count));
            // Nearly always after the last run, or overlapping it.
            var at = _runs.Count > 0 && _runs[^1].First <= from ? _runs.Count - 1 : FirstThatEndsFrom(from);
            if (at < _runs.Count && _runs[at].End < from)
                at++;
            var last = at;
            for (; last < _runs.Count && _runs[last].First <= end; last++)
                (from, end) = (Math.Min(from, _runs[last].First), Math.Max(end, _runs[last].End));
            Replace(at, last, new FrameRun(from, end - from));
        }
    }

    /// <summary>The runs below a number.</summary>
    public FrameRuns Below(long end)
    {
        lock (_lock)
        {
            return new FrameRuns(
                [.. _runs.TakeWhile(run => run.First < end)
                    .Select(run => run with { Count = Math.Min(run.Count, end - run.First) })], _isCut);
        }
    }

    private int FirstThatEndsFrom(long frame)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].End < frame)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    // All runs that touch the new one are merged with it.
    private void Replace(int first, int end, FrameRun run)
    {
        if (first < end)
        {
            _runs[first] = run;
            _runs.RemoveRange(first + 1, end - first - 1);
        }
        else if (_runs.Count < most)
        {
            _runs.Insert(first, run);
        }
        else
        {
            _isCut = true;
        }
    }
}
