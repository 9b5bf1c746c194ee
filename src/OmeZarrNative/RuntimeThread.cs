
using OmeZarr.Concurrency;

namespace OmeZarrNative;

/// <summary>
/// The runtime's own thread, which finalizes objects. The host's first call began it, with the signals and the floating-point
/// environment of the thread that made that call: an object that is finalized there sets it apart, as the library's threads are.
/// </summary>
internal sealed class RuntimeThread
{
    private RuntimeThread()
    {
    }

    ~RuntimeThread() => BackgroundThread.Isolate();

    /// <summary>Has it done soon; a garbage collection of what little there is when the first stream is created.</summary>
    public static void Isolate()
    {
        Forget();
        GC.Collect();
    }

    // In a frame of its own: nothing refers to the object afterwards.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new RuntimeThread();
}
