using System.Diagnostics;

namespace OmeZarr.Streaming.Intake;

/// <summary>Time passed, as fine as the system's clock tells it.</summary>
internal static class Elapsed
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds since a timestamp of <see cref="Stopwatch"/>.</summary>
    public static long NanosecondsSince(long started)
    {
        var ticks = Stopwatch.GetTimestamp() - started;
        return Stopwatch.Frequency == NanosecondsPerSecond ? ticks : (long)((Int128)ticks * NanosecondsPerSecond / Stopwatch.Frequency);
    }
}
