namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Where the published footers of an unfinished object lie: slots behind the room for data, used from the last one down.
/// </summary>
/// <remarks>
/// Each slot begins at a page, so that two footers never share one. Slots 0 and 1 are never published to while there is room on
/// the disk: however much data there is, the final footer behind it ends before slot 1 begins, so it can be written while the
/// published one still stands; and slot 1 has disk reserved for a footer that must be written when there is no other. Reasons
/// in docs/shard-files.md.
/// </remarks>
internal readonly record struct FooterSlots
{
    /// <summary>The page of the memory that caches files, in bytes; the smallest one in use.</summary>
    public const int PageBytes = 4096;

    /// <summary>The slot whose disk is reserved.</summary>
    public const int Reserve = 1;

    /// <summary>The lowest slot that footers are published to in turn.</summary>
    public const int First = 2;

    /// <summary>Slots where a footer cannot be moved up: at first one for each publication, then ever fewer.</summary>
    public const int MaxCount = 4096;

    /// <summary>The fewest slots there, so that publications need not thin out soon.</summary>
    public const int LeastCount = 512;

    /// <summary>
    /// Address space of a file, in bytes, that slots take there unless that is too few of them; as holes, they take no disk.
    /// </summary>
    public const long MaxBytes = 1L << 30;

    /// <summary>Slots where a footer can be moved up: enough for that to be rare.</summary>
    public const int MaxMovableCount = 256;
    public const int LeastMovableCount = 16;
    public const long MaxMovableBytes = 16L << 20;

    private readonly long _start;
    private readonly long _stride;

    /// <param name="maxDataBytes">The room for data.</param>
    /// <param name="footerBytes">Bytes of each footer.</param>
    /// <param name="isMovable">Whether a slot can be used again: footers can be moved up, or are written over.</param>
    /// <param name="maxFileBytes">The largest the file may be.</param>
    public FooterSlots(long maxDataBytes, int footerBytes, bool isMovable, long maxFileBytes = long.MaxValue)
    {
        _start = checked(maxDataBytes + PageBytes - 1) / PageBytes * PageBytes;
        _stride = (Math.Max(1L, footerBytes) + PageBytes - 1) / PageBytes * PageBytes;
        var count = isMovable
            ? Math.Clamp(MaxMovableBytes / _stride, LeastMovableCount, MaxMovableCount)
            : Math.Clamp(MaxBytes / _stride, LeastCount, MaxCount);
        Last = (int)Math.Clamp((maxFileBytes - _start) / _stride - 1, 0, count);
    }

    /// <summary>
    /// How much data an object may have where files may not be larger than a limit: all that is asked for, or as much as leaves
    /// room for footers. Where that is nothing, as much as leaves room for the final one.
    /// </summary>
    /// <param name="maxDataBytes">What is asked for.</param>
    /// <param name="footerBytes">Bytes of each footer.</param>
    /// <param name="maxFileBytes">The limit.</param>
    public static long RoomForData(long maxDataBytes, int footerBytes, long maxFileBytes)
    {
        var stride = (Math.Max(1L, footerBytes) + PageBytes - 1) / PageBytes * PageBytes;
        var room = (maxFileBytes - (First + 2) * stride) / PageBytes * PageBytes;
        return Math.Min(maxDataBytes, room > 0 ? room : Math.Max(0, maxFileBytes - footerBytes));
    }

    /// <summary>
    /// The first slot to be used; the others count down. Less than <see cref="First"/>: there is no room for any.
    /// </summary>
    public int Last { get; }

    /// <summary>Bytes from one slot to the next.</summary>
    public long Stride => _stride;

    /// <summary>Where a slot begins, in bytes from the file's start.</summary>
    public long Offset(int slot) => checked(_start + slot * _stride);
}
