using System.Runtime.InteropServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// Sleeping on a 32-bit word until another thread changes and wakes it: futex on Linux, WaitOnAddress on Windows,
/// __ulock on macOS. Wakes cost a system call only; nobody takes a lock.
/// </summary>
internal static unsafe partial class AddressWait
{
    private const int FutexWaitPrivate = 0 | 128;
    private const int FutexWakePrivate = 1 | 128;
    private const uint UlockCompareAndWait = 1;
    private const uint UlockWakeAll = 0x100;

    private static readonly long FutexCall = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>
    /// Returns when the word is not <paramref name="expected"/>, after a wake, after the time-out, or for no reason at all:
    /// callers check their condition again.
    /// </summary>
    public static void Wait(int* word, int expected, long timeoutMicroseconds)
    {
        if (OperatingSystem.IsLinux())
        {
            var (seconds, microseconds) = Math.DivRem(timeoutMicroseconds, 1_000_000);
            var time = new TimeSpec { Seconds = seconds, Nanoseconds = microseconds * 1000 };
            _ = Futex(FutexCall, word, FutexWaitPrivate, expected, timeoutMicroseconds < 0 ? null : &time, null, 0);
        }
        else if (OperatingSystem.IsWindows())
        {
            // In whole milliseconds, rounded up; a wait too long for 32 bits returns early and is repeated.
            var milliseconds = (uint)Math.Min((timeoutMicroseconds + 999) / 1000, uint.MaxValue - 1);
            _ = WaitOnAddress(word, &expected, sizeof(int), timeoutMicroseconds < 0 ? uint.MaxValue : milliseconds);
        }
        else
        {
            // 0 would mean "for ever"; ULock counts microseconds in 32 bits, so a long wait returns early and is repeated.
            var microseconds = timeoutMicroseconds < 0 ? 0u : (uint)Math.Clamp(timeoutMicroseconds, 1, uint.MaxValue);
            _ = ULockWait(UlockCompareAndWait, word, (ulong)(uint)expected, microseconds);
        }
    }

    /// <summary>Wakes all threads that sleep on the word.</summary>
    public static void WakeAll(int* word)
    {
        if (OperatingSystem.IsLinux())
            _ = Futex(FutexCall, word, FutexWakePrivate, int.MaxValue, null, null, 0);
        else if (OperatingSystem.IsWindows())
            WakeByAddressAll(word);
        else
            _ = ULockWake(UlockCompareAndWait | UlockWakeAll, word, 0);
    }

    /// <summary>Wakes one of the threads that sleep on the word.</summary>
    public static void WakeOne(int* word)
    {
        if (OperatingSystem.IsLinux())
            _ = Futex(FutexCall, word, FutexWakePrivate, 1, null, null, 0);
        else if (OperatingSystem.IsWindows())
            WakeByAddressSingle(word);
        else
            _ = ULockWake(UlockCompareAndWait, word, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Futex(long number, int* word, int operation, int value, TimeSpec* timeout, int* word2,
        int value3);

    [LibraryImport("api-ms-win-core-synch-l1-2-0.dll")]
    private static partial int WaitOnAddress(int* address, int* compare, nuint size, uint milliseconds);

    [LibraryImport("api-ms-win-core-synch-l1-2-0.dll")]
    private static partial void WakeByAddressAll(int* address);

    [LibraryImport("api-ms-win-core-synch-l1-2-0.dll")]
    private static partial void WakeByAddressSingle(int* address);

    [LibraryImport("libSystem.dylib", EntryPoint = "__ulock_wait")]
    private static partial int ULockWait(uint operation, int* address, ulong value, uint microseconds);

    [LibraryImport("libSystem.dylib", EntryPoint = "__ulock_wake")]
    private static partial int ULockWake(uint operation, int* address, ulong value);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
