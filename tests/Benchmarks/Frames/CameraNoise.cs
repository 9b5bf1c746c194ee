namespace OmeZarr.Benchmarks.Frames;

/// <summary>
/// A camera's read noise: Gaussian, rounded to whole counts. Drawn from a table by a fast generator, since pools have some
/// hundred million pixels. The same seed gives the same noise.
/// </summary>
internal struct CameraNoise(ulong seed)
{
    private const double Sigma = 2;
    private const int TableSize = 1 << 16;

    private static readonly sbyte[] Table = MakeTable();

    private ulong _state = seed;
    private ulong _bits;
    private int _left;

    /// <summary>The next pixel's noise, in counts.</summary>
    public int Next()
    {
        if (_left == 0)
        {
            _bits = Mix();
            _left = 4;
        }

        var noise = Table[(ushort)_bits];
        _bits >>= 16;
        _left--;
        return noise;
    }

    // SplitMix64.
    private ulong Mix()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static sbyte[] MakeTable()
    {
        var random = new Random(1);
        var table = new sbyte[TableSize];
        for (var i = 0; i < table.Length; i++)
        {
            // Box-Muller.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            table[i] = (sbyte)Math.Round(Sigma * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return table;
    }
}
