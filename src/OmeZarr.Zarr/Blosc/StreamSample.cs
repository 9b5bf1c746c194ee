namespace OmeZarr.Zarr.Blosc;

/// <summary>What the pieces of a stream that were looked at have shown.</summary>
internal unsafe struct StreamSample
{
    /// <summary>Positions that the search of LZ4 remembers.</summary>
    private const double Remembered = 4096;

    private double _coincidences;
    private double _matches;
    private int _pieces;
    private fixed ushort _counts[byte.MaxValue + 1];

    /// <summary>How likely two bytes near each other are equal: 1 where all are, 1/256 in noise of all values alike.</summary>
    internal readonly double Coincidence => _coincidences / _pieces;

    /// <summary>How likely a search finds four bytes among those that it remembers, were they noise.</summary>
    internal readonly double Match => _matches / _pieces;

    /// <summary>How likely any two bytes of the stream are equal.</summary>
    internal readonly double GlobalCoincidence
    {
        get
        {
            double bytes = _pieces * NoiseStatistics.PieceBytes, pairs = 0;
            for (var value = 0; value <= byte.MaxValue; value++)
                pairs += _counts[value] * (_counts[value] - 1.0);
            return pairs / (bytes * (bytes - 1));
        }
    }

    /// <summary>Adds a piece of <see cref="NoiseStatistics.PieceBytes"/> bytes.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="isCounted">Whether <see cref="GlobalCoincidence"/> will be asked for.</param>
    internal void Add(byte* piece, bool isCounted)
    {
        var coincidence = NoiseStatistics.Coincidence(piece);
        var pair = coincidence * coincidence;
        _coincidences += coincidence;
        _matches += Math.Min(1, Remembered * pair * pair);
        _pieces++;
        for (var i = 0; isCounted && i < NoiseStatistics.PieceBytes; i++)
            _counts[piece[i]]++;
    }

    /// <summary>Whether the sums alone exceed what they may be after so many pieces.</summary>
    internal readonly bool Exceeds(double coincidence, double match, int pieces) =>
        _coincidences > coincidence * pieces || _matches > match * pieces;
}
