using System.Runtime.CompilerServices;

namespace OmeZarr.Zarr.Chunks;

/// <summary>
/// Goes once through the bytes of a <see cref="ChunkPixels"/>, run by run: each run lies in one piece in memory, or is all fill.
/// </summary>
internal unsafe ref struct ChunkPixelCursor
{
    private readonly ReadOnlySpan<ChunkPlane> _planes;
    private readonly int _planeRows;
    private readonly int _rowBytes;
    private readonly int _validRows;
    private readonly int _validRowBytes;
    private int _plane;
    private int _row;
    private int _column;

    internal ChunkPixelCursor(scoped in ChunkPixels rows)
    {
        _planes = rows.Planes;
        _planeRows = rows.PlaneRows;
        _rowBytes = rows.RowBytes;
        _validRows = rows.ValidRows;
        _validRowBytes = rows.ValidRowBytes;
    }

    /// <summary>
    /// Whether every run begins and ends at a multiple of so many bytes, wherever it is cut at such a multiple.
    /// </summary>
    internal readonly bool IsAlignedTo(int bytes) => _rowBytes % bytes == 0 && _validRowBytes % bytes == 0;

    /// <summary>Goes to a byte of the chunk.</summary>
    internal void Seek(int position)
    {
        (var row, _column) = Math.DivRem(position, _rowBytes);
        (_plane, _row) = Math.DivRem(row, _planeRows);
    }

    /// <summary>The next run.</summary>
    /// <param name="most">The most bytes wanted; no more than are left of the chunk.</param>
    /// <param name="source">Where the run lies, or null where it is all fill.</param>
    /// <returns>Its length, at least 1.</returns>
    internal int Next(int most, out byte* source)
    {
        ref readonly var plane = ref _planes[_plane];
        long run;

        // SAFETY: only addresses inside the rows and columns that are there are made, as the maker of the rows vouches.
        if (plane.IsMissing || _row >= _validRows)
        {
            source = null;
            run = (long)(_planeRows - _row) * _rowBytes - _column;
        }
        else if (_column < _validRowBytes)
        {
            source = (byte*)plane.First + _row * plane.RowStride + _column;
            var inOnePiece = _validRowBytes == _rowBytes && plane.RowStride == _rowBytes;
            run = inOnePiece ? (long)(_validRows - _row) * _rowBytes - _column : _validRowBytes - _column;
        }
        else
        {
            source = null;
            run = _rowBytes - _column;
        }

        var length = (int)Math.Min(run, most);
        Advance(length);
        return length;
    }

    /// <summary>
    /// The next whole rows of a plane, all at once, where they lie apart; otherwise one run as from <see cref="Next"/>.
    /// </summary>
    /// <param name="most">The most bytes wanted; no more than are left of the chunk.</param>
    /// <param name="source">Where the first run lies, or null where it is all fill.</param>
    /// <param name="stride">Bytes from one run to the next.</param>
    /// <param name="runs">How many runs follow each other.</param>
    /// <returns>The length of each run, at least 1.</returns>
    internal int NextRows(int most, out byte* source, out long stride, out int runs)
    {
        ref readonly var plane = ref _planes[_plane];
        stride = plane.RowStride;
        runs = Math.Min(_validRows - _row, most / _rowBytes);
        if (runs <= 1 || _column > 0 || plane.IsMissing || _validRowBytes < _rowBytes || stride == _rowBytes)
        {
            runs = 1;
            return Next(most, out source);
        }

        // SAFETY: only rows that are there, as the maker of the rows vouches.
        source = (byte*)plane.First + _row * stride;
        Advance(runs * _rowBytes);
        return _rowBytes;
    }

    /// <summary>Gathers the next bytes.</summary>
    internal void CopyTo(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var length = Next(destination.Length, out var source);
            if (source == null)
                destination[..length].Clear();
            else
                new ReadOnlySpan<byte>(source, length).CopyTo(destination);
            destination = destination[length..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int length)
    {
        _column += length;
        if (_column < _rowBytes)
            return;
        if (_column == _rowBytes)
        {
            _column = 0;
            _row++;
        }
        else
        {
            (var rows, _column) = Math.DivRem(_column, _rowBytes);
            _row += rows;
        }

        if (_row == _planeRows)
        {
            _row = 0;
            _plane++;
        }
    }
}
