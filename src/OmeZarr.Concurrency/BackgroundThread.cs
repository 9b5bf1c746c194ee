using System.Runtime.InteropServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// First steps of a thread of the library: it is isolated from the host, and gives way to threads of normal priority, such as a
/// camera's.
/// </summary>
public static unsafe partial class BackgroundThread
{
    // A third of a normal thread's share of a contended processor: low enough that the camera thread runs at once when it wakes,
    // and high enough that other programs do not starve the workers.
    private const int Niceness = 5;

    // A thread of Linux's batch class never takes a processor from one that is running when it is woken: without it, a
    // worker that is woken on the camera's processor runs there for its whole slice of some milliseconds first.
    private const int BatchScheduling = 3;

    /// <summary>
    /// Isolates the host and the calling thread from each other: the host's signals are not delivered here, no system call of
    /// this thread raises one in the host, and it computes in the default floating-point environment, whatever the creating
    /// thread had set. Call first on the thread.
    /// </summary>
    public static void Isolate()
    {
        if (!OperatingSystem.IsWindows())
            ThreadSignals.Block();
        FloatEnvironment.SetDefault();
    }

    /// <summary>Lowers the calling thread's priority. Best effort: where the system refuses it, nothing changes.</summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            // On Linux a niceness belongs to a thread; .NET's own thread priorities have no effect there.
            const int thisThread = 0;
            _ = SetPriority(0, thisThread, Niceness);
            var priority = 0;
            _ = SetScheduler(thisThread, BatchScheduling, &priority);
            return;
        }

        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, int* priority);
}
