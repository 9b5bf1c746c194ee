using OmeZarr.Concurrency;

namespace OmeZarrNative;

/// <summary>
/// The runtime's own finalizer thread. The host's first call started it, and it inherited the signals and the floating-point
/// environment of the calling thread. An object that is finalized on it isolates it as the library's own threads are.
/// </summary>
internal sealed class RuntimeThread
{
    private RuntimeThread()
    {
    }

    ~RuntimeThread() => BackgroundThread.Isolate();

    /// <summary>Has that done soon, by a garbage collection of the small heap when the first stream is created.</summary>
    public static void Isolate()
    {
        Forget();
        GC.Collect();
    }

    // A separate stack frame: nothing refers to the object afterwards.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new RuntimeThread();
}
