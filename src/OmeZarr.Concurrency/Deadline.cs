using System.Diagnostics;

namespace OmeZarr.Concurrency;

/// <summary>A point in time until which a call may wait. Monotonic.</summary>
public readonly struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    /// <summary>From now on: -1 for ever, 0 for no wait at all.</summary>
    public static Deadline After(int timeoutMs) => timeoutMs < 0
        ? new Deadline(long.MaxValue)
        : new Deadline(Stopwatch.GetTimestamp() + timeoutMs * Stopwatch.Frequency / 1000);

    public bool HasPassed => _end != long.MaxValue && Stopwatch.GetTimestamp() >= _end;

    /// <summary>Milliseconds left, at least 1 until the deadline has passed; -1 for ever.</summary>
    public int RemainingMs
    {
        get
        {
            if (_end == long.MaxValue)
                return -1;
            var ticks = _end - Stopwatch.GetTimestamp();
            return ticks <= 0 ? 0 : (int)Math.Clamp(ticks * 1000 / Stopwatch.Frequency, 1, int.MaxValue);
        }
    }
}
