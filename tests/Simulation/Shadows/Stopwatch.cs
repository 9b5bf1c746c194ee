using OmeZarr.Simulation.Scheduling;

namespace OmeZarr;

/// <summary>Replaces <see cref="System.Diagnostics.Stopwatch"/>: the run's clock, in nanoseconds.</summary>
internal static class Stopwatch
{
    public const long Frequency = 1_000_000_000;

    public static long GetTimestamp() => Scheduler.Current?.Scheduler.Now ?? 0;
}

/// <summary>Replaces <see cref="System.TimeProvider"/>: every run begins at the same moment.</summary>
internal sealed class TimeProvider
{
    public static TimeProvider System { get; } = new();

    public DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Stopwatch.GetTimestamp() / 100);
}
