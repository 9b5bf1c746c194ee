using System.Diagnostics;

namespace OmeZarr.Benchmarks.Measuring;

/// <summary>This process's resident memory, in bytes.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident now.</summary>
    public static long Now => Environment.WorkingSet;

    /// <summary>The most that was ever resident (VmHWM on Linux), or since <see cref="ForgetPeak"/>.</summary>
    public static long Peak
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>
    /// Begins the peak anew where the system can (proc(5), clear_refs); elsewhere it stays that of the whole process.
    /// </summary>
    public static void ForgetPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }
}
