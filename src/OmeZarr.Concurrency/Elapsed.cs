using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>Elapsed time, at the resolution of the system's clock.</summary>
public static class Elapsed
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds since a timestamp of <see cref="Stopwatch"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long NanosecondsSince(long started)
    {
        var ticks = Stopwatch.GetTimestamp() - started;
        // Elsewhere the system's clock counts nanoseconds; its frequency need not be fetched from memory.
        return OperatingSystem.IsWindows() ? Nanoseconds(ticks) : ticks;
    }

    private static long Nanoseconds(long ticks) => (long)((Int128)ticks * NanosecondsPerSecond / Stopwatch.Frequency);
}
