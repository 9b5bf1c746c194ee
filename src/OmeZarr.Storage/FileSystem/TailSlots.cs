namespace OmeZarr.Storage;

/// <summary>
/// Where the published tails of an unfinished object lie: slots behind the room for data, used from the last one down.
/// </summary>
/// <remarks>
/// Each slot begins at a page, so that two tails never share one. Slot 0 is never published to: however much data there
/// is, the final tail behind it ends before slot 1 begins, so it can be written while the published one still stands.
/// Reasons in docs/shard-files.md.
/// </remarks>
internal readonly record struct TailSlots
{
    /// <summary>The page of the memory that caches files, in bytes; the smallest one in use.</summary>
    public const int PageBytes = 4096;

    /// <summary>How often an object can be published before a tail overwrites its predecessor: an hour and more at one a second.</summary>
    public const int MaxCount = 4096;

    /// <summary>The most address space of a file, in bytes, that slots may take; as holes, they take no disk.</summary>
    public const long MaxBytes = 1L << 30;

    private readonly long _start;
    private readonly long _stride;

    public TailSlots(long maxDataBytes, int tailBytes)
    {
        _start = checked(maxDataBytes + PageBytes - 1) / PageBytes * PageBytes;
        _stride = (Math.Max(1L, tailBytes) + PageBytes - 1) / PageBytes * PageBytes;
        Last = (int)Math.Clamp(MaxBytes / _stride, 1, MaxCount);
    }

    /// <summary>The first slot to be used; the others count down to 1.</summary>
    public int Last { get; }

    /// <summary>Where a slot begins, in bytes from the file's start.</summary>
    public long Offset(int slot) => checked(_start + slot * _stride);
}
