namespace OmeZarr.Streaming.Output;

/// <summary>
/// How far a growing array is stored without missing chunks along its unbounded axis, so that its shape never claims pixels that
/// a reader would not find. Rows of the chunk grid arrive in any order; the extent ends before the first that is not stored
/// completely.
/// </summary>
internal sealed class StoredExtent
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _left = [];
    private readonly Dictionary<long, long> _planes = []; // Of rows that are not counted yet.
    private readonly long _chunkRowsPerRow;
    private long _rowsCounted;
    private long _planesCounted;
    private long _rows;
    private long _lastCounted = -1; // The last counted row that has any plane.
    private long _lost = long.MaxValue;

    /// <param name="chunkRowsPerRow">Chunk rows that share one coordinate of the unbounded axis.</param>
    public StoredExtent(long chunkRowsPerRow) => _chunkRowsPerRow = chunkRowsPerRow;

    /// <summary>Begins with leading rows that are stored; before anything else.</summary>
    public void Begin(long rows) => (_rows, _rowsCounted) = (rows, rows);

    /// <summary>The number of leading rows of the chunk grid in which all chunks can be read.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Rows up to the last one with a readable plane, before any that was given up.</summary>
    public long Reached
    {
        get
        {
            lock (_lock)
                return _planes.Where(row => row.Value > 0 && row.Key < _lost).Select(row => row.Key).DefaultIfEmpty(_lastCounted)
                    .Max() + 1;
        }
    }

    /// <summary>The first row of which something was given up; the largest number if nothing was.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Planes that can be read in the leading rows; the number of rows must not decrease from call to call.</summary>
    public long PlanesBefore(long rows)
    {
        lock (_lock)
        {
            for (; _rowsCounted < rows; _rowsCounted++)
            {
                if (_planes.Remove(_rowsCounted, out var planes))
                    Count(_rowsCounted, planes);
            }

            return _planesCounted;
        }
    }

    /// <summary>Counts a chunk row that can be read, or has nothing to read; any thread.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="planes">Its number of planes.</param>
    public void Store(long row, int planes)
    {
        lock (_lock)
        {
            if (row < _rowsCounted)
                Count(row, planes);
            else
                _planes[row] = _planes.GetValueOrDefault(row) + planes;
            var left = _left.GetValueOrDefault(row, _chunkRowsPerRow) - 1;
            _left[row] = left;
            while (_left.TryGetValue(_rows, out left) && left == 0)
                _left.Remove(_rows++);
        }
    }

    /// <summary>Records that a chunk row was given up; any thread.</summary>
    public void Lose(long row)
    {
        lock (_lock)
            Volatile.Write(ref _lost, Math.Min(_lost, row));
    }

    private void Count(long row, long planes)
    {
        _planesCounted += planes;
        if (planes > 0)
            _lastCounted = Math.Max(_lastCounted, row);
    }
}
