using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OmeZarr.Concurrency;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// Runs when the host's process ends: writes the pending lines to the log file, which are the ones that a user looks for. The
/// callback is not called any more: what it needs may be gone.
/// </summary>
internal static unsafe partial class ExitHandler
{
    private const int WaitMs = 1000;

    private static int _isRegistered;

    /// <summary>Registers the handler; once is enough.</summary>
    public static void Register()
    {
        // On Windows every other thread has ended before a handler runs.
        if (OperatingSystem.IsWindows() || Interlocked.Exchange(ref _isRegistered, 1) != 0)
            return;
        if (OperatingSystem.IsMacOS())
            _ = AtExitOnMac(&Run, null, null);
        else
            _ = AtExit(&Run, null, null);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Run(void* unused)
    {
        try
        {
            if (!ForkGuard.IsForkedChild)
                Log.CloseFile(Deadline.After(WaitMs));
        }
        catch (Exception)
        {
            // The process is ending: there is nobody to tell.
        }
    }

    // The library is never unloaded, so that the handler belongs to the whole process: no handle of a module is given.
    [LibraryImport("libc", EntryPoint = "__cxa_atexit")]
    private static partial int AtExit(delegate* unmanaged[Cdecl]<void*, void> handler, void* argument, void* module);

    [LibraryImport("libSystem.dylib", EntryPoint = "__cxa_atexit")]
    private static partial int AtExitOnMac(delegate* unmanaged[Cdecl]<void*, void> handler, void* argument, void* module);
}
