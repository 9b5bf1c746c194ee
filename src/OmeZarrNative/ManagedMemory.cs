namespace OmeZarrNative;

/// <summary>
/// What the runtime in this library has allocated and collected since the process's first stream. Any thread.
/// </summary>
/// <remarks>Threads reserve room for objects some kilobytes at a time, and that is what is counted: exact over long runs only,
/// and never a pause.</remarks>
internal static class ManagedMemory
{
    private static readonly long AllocatedBefore;
    private static readonly int CollectionsBefore;

    // An explicit static constructor, so that it runs at the first use and not earlier.
    static ManagedMemory()
    {
        RuntimeThread.Isolate();
        AllocatedBefore = GC.GetTotalAllocatedBytes();
        CollectionsBefore = GC.CollectionCount(0);
    }

    public static long AllocatedBytes => GC.GetTotalAllocatedBytes() - AllocatedBefore;

    public static int Collections => GC.CollectionCount(0) - CollectionsBefore;

    /// <summary>Starts counting, unless it has started already.</summary>
    public static void Begin() => _ = AllocatedBytes;
}
