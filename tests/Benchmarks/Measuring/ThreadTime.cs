using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>The processor time of the calling thread, where the system tells it; elsewhere the time that goes by.</summary>
internal static unsafe partial class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>Seconds since some time.</summary>
    public static double Now
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            Time time = default;

            // SAFETY: the structure is that of 64-bit Linux, and the clock exists on it.
            _ = GetTime(ThreadClock, &time);
            return time.Seconds + time.Nanoseconds * 1e-9;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, Time* time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
