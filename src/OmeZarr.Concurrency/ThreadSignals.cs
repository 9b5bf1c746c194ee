using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OmeZarr.Concurrency;

/// <summary>
/// The signals of a thread of the library. Signals sent to the process are for the host to handle, on its own threads; and a
/// signal that a system call sends beside its error (file too large, broken pipe) must not end the process.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class ThreadSignals
{
    private const int LastMacSignal = 31;
    private const int LinuxWords = 1024 / 64; // glibc's sigset_t is the largest

    // Signals raised by the thread's own instructions, and abort: if blocked, they would end the process regardless of any
    // handler.
    // ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS
    private static readonly int[] LinuxSynchronous = [4, 5, 6, 7, 8, 11, 31];

    // ILL, TRAP, ABRT, EMT, FPE, BUS, SEGV, SYS, and USR1, by which the runtime interrupts a thread there.
    private static readonly int[] MacNeeded = [4, 5, 6, 7, 8, 10, 11, 12, 30];

    /// <summary>Blocks every signal that the calling thread neither raises itself nor needs.</summary>
    public static void Block()
    {
        if (OperatingSystem.IsLinux())
            BlockOnLinux();
        else if (OperatingSystem.IsMacOS())
            BlockOnMac();
    }

    private static void BlockOnLinux()
    {
        const int setMask = 2, firstOfLibc = 32;
        var set = stackalloc ulong[LinuxWords];
        new Span<ulong>(set, LinuxWords).Fill(ulong.MaxValue);
        foreach (var signal in LinuxSynchronous)
            Remove(set, signal);
        // The C library keeps the first real-time signals for itself; the next one, SIGRTMIN, is how the runtime interrupts a
        // thread for a garbage collection. A host that blocks it everywhere must not have blocked it here.
        for (var signal = firstOfLibc; signal <= FirstRealTimeSignal(); signal++)
            Remove(set, signal);
        // SAFETY: the set has the size of any C library's. On Linux this call is the calling thread's alone.
        _ = LinuxMask(setMask, set, null);
    }

    private static void BlockOnMac()
    {
        const int setMask = 3;
        var set = uint.MaxValue >> (sizeof(uint) * 8 - LastMacSignal);
        foreach (var signal in MacNeeded)
            set &= ~(1u << (signal - 1));
        _ = MacMask(setMask, &set, null);
    }

    private static void Remove(ulong* set, int signal) => set[(signal - 1) / 64] &= ~(1UL << ((signal - 1) % 64));

    [LibraryImport("libc", EntryPoint = "sigprocmask")]
    private static partial int LinuxMask(int how, ulong* set, ulong* previous);

    [LibraryImport("libc", EntryPoint = "__libc_current_sigrtmin")]
    private static partial int FirstRealTimeSignal();

    [LibraryImport("libSystem.dylib", EntryPoint = "pthread_sigmask")]
    private static partial int MacMask(int how, uint* set, uint* previous);
}
