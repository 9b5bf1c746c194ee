using System.Diagnostics;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>Durations of single calls, all kept: percentiles are exact. Recording allocates nothing.</summary>
internal sealed class Latencies(int capacity)
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long[] _ticks = new long[capacity];
    private bool _sorted;

    public int Count { get; private set; }

    /// <summary>Records a duration in ticks of <see cref="Stopwatch"/>.</summary>
    public void Record(long ticks)
    {
        _ticks[Count++] = ticks;
        _sorted = false;
    }

    /// <summary>The duration in nanoseconds that a share (0 to 1) of all does not exceed; 1 gives the longest.</summary>
    public double Percentile(double share)
    {
        if (!_sorted)
            Array.Sort(_ticks, 0, Count);
        _sorted = true;
        return _ticks[Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1)] * NanosecondsPerTick;
    }
}
