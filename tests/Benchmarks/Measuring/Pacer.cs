using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>
/// Waits for the next frame's time as a camera thread does: asleep, so that no core is taken from the workers. Where the system
/// cannot sleep for microseconds it spins.
/// </summary>
internal sealed partial class Pacer
{
    private const int SetTimerSlack = 29;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _start;

    /// <summary>Time 0 is now. To be used on the thread that made it.</summary>
    public Pacer()
    {
        if (OperatingSystem.IsLinux())
            _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Returns at this many seconds after time 0, or at once when they have passed.</summary>
    public void WaitUntil(double seconds)
    {
        while (true)
        {
            var remaining = seconds - Stopwatch.GetElapsedTime(_start).TotalSeconds;
            if (remaining <= 0)
                return;
            if (OperatingSystem.IsLinux())
                Sleep(remaining);
        }
    }

    /// <summary>Sleeps once, for a short while: between two looks at something that another thread changes.</summary>
    public static void Pause()
    {
        if (OperatingSystem.IsLinux())
            Sleep(50e-6);
        else
            Thread.Yield();
    }

    private static void Sleep(double seconds)
    {
        var nanoseconds = (long)(seconds * NanosecondsPerSecond);
        var (whole, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        var time = new TimeSpec { Seconds = whole, Nanoseconds = rest };
        // An early return is a signal's; whoever waits looks at the clock again.
        _ = NanoSleep(in time, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
