using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OmeZarrNative.Abi;

/// <summary>
/// Detects that this process is a forked child, in which none of the library's threads exist. On Linux the kernel clears a marked
/// page at fork, so the check is one read of memory; elsewhere the process id is compared.
/// </summary>
internal static unsafe partial class ForkGuard
{
    private const int PageBytes = 4096;
    private const int AdviseWipeOnFork = 18;

    private static readonly int Process = Environment.ProcessId;
    private static readonly int* Mark = MarkedPage();

    public static bool IsForkedChild
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Mark != null ? Volatile.Read(ref *Mark) == 0 : HasAnotherNumber();
    }

    private static bool HasAnotherNumber() => !OperatingSystem.IsWindows() && GetPid() != Process;

    private static int* MarkedPage()
    {
        const int readWrite = 3, privateAnonymous = 0x22;
        if (!OperatingSystem.IsLinux())
            return null;
        var page = (int*)MMap(null, PageBytes, readWrite, privateAnonymous, -1, 0);
        // SAFETY: mmap gave a whole page. Never unmapped: the library stays loaded for the process's life.
        if (page == (int*)-1 || MAdvise(page, PageBytes, AdviseWipeOnFork) != 0)
            return null;
        *page = 1;
        return page;
    }

    [LibraryImport("libc", EntryPoint = "getpid")]
    private static partial int GetPid();

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(void* address, nuint length, int advice);
}
