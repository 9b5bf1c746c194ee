namespace OmeZarr.Streaming.Output;

/// <summary>
/// How far a growing array is stored without a gap along its unbounded axis, so that its shape never claims pixels that a
/// reader would not find. Rows of the chunk grid come in any order; the extent follows the first that is not stored whole.
/// </summary>
internal sealed class StoredExtent
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _left = [];
    private readonly Dictionary<long, long> _planes = []; // Of rows that are not counted yet.
    private readonly long _groupsPerRow;
    private long _rowsCounted;
    private long _planesCounted;
    private long _rows;
    private long _reached;
    private long _lost = long.MaxValue;

    /// <param name="groupsPerRow">Chunk groups that share one coordinate of the unbounded axis.</param>
    public StoredExtent(long groupsPerRow) => _groupsPerRow = groupsPerRow;

    /// <summary>Rows of the chunk grid, from the first, of which all chunks can be read.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Rows up to the last one of which anything is written, whether it can be read or not.</summary>
    public long Reached => Volatile.Read(ref _reached);

    /// <summary>The first row of which something was given up; the largest number when nothing was.</summary>
    public long Lost => Volatile.Read(ref _lost);

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

    /// <summary>Planes that can be read in the first rows; of any number of rows, and of no fewer later.</summary>
    public long PlanesBefore(long rows)
    {
        lock (_lock)
        {
            for (; _rowsCounted < rows; _rowsCounted++)
            {
                if (_planes.Remove(_rowsCounted, out var planes))
                    _planesCounted += planes;
            }

            return _planesCounted;
        }
    }

    /// <summary>Counts a group that can be read, or has nothing to be read; any thread.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="planes">How many planes it has.</param>
    public void Store(long row, int planes)
    {
        lock (_lock)
        {
            if (row < _rowsCounted)
                _planesCounted += planes;
            else
                _planes[row] = _planes.GetValueOrDefault(row) + planes;
            var left = _left.GetValueOrDefault(row, _groupsPerRow) - 1;
            _left[row] = left;
            while (_left.TryGetValue(_rows, out left) && left == 0)
                _left.Remove(_rows++);
        }
    }

    /// <summary>Notes that a group was given up; any thread.</summary>
    public void Lose(long row)
    {
        lock (_lock)
            Volatile.Write(ref _lost, Math.Min(_lost, row));
    }
}
