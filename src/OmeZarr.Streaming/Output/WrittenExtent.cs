namespace OmeZarr.Streaming.Output;

/// <summary>
/// How far a growing array is written without a gap along its unbounded axis, so that its shape never claims pixels that
/// are not there yet. Rows of the chunk grid finish in any order; the extent follows the first unfinished one.
/// </summary>
internal sealed class WrittenExtent
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _left = [];
    private readonly long _groupsPerRow;
    private long _rows;
    private long _reached;

    /// <param name="groupsPerRow">Chunk groups that share one coordinate of the unbounded axis.</param>
    public WrittenExtent(long groupsPerRow) => _groupsPerRow = groupsPerRow;

    /// <summary>Rows of the chunk grid, from the first, that are written whole.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Rows up to the last one of which anything is written; there may be gaps before it.</summary>
    public long Reached => Volatile.Read(ref _reached);

    /// <summary>Notes that something of a row is written; any worker.</summary>
    public void Reach(long row)
    {
        var reached = Reached;
        while (row >= reached)
        {
            var seen = Interlocked.CompareExchange(ref _reached, row + 1, reached);
            if (seen == reached)
                break;
            reached = seen;
        }
    }

    /// <summary>Counts a group that is on the store (or skipped); any worker.</summary>
    public void Finish(long row)
    {
        lock (_lock)
        {
            var left = _left.GetValueOrDefault(row, _groupsPerRow) - 1;
            _left[row] = left;
            while (_left.TryGetValue(_rows, out left) && left == 0)
                _left.Remove(_rows++);
        }
    }
}
