namespace OmeZarr.Storage;

/// <summary>
/// Gives out the offsets of an object under construction, without locks, and knows when it has ended: a part of every
/// <see cref="IObjectWriter"/>. <see cref="Take"/> from any thread.
/// </summary>
public sealed class AppendCursor
{
    /// <summary>
    /// The largest object, in bytes: far beyond any file system, and footers behind it still have 63-bit offsets.
    /// </summary>
    private const long MaxObjectBytes = 1L << 62;

    private readonly string _key;
    private readonly long _maxDataBytes;
    private long _position;
    private int _closed;

    /// <param name="key">The object's name, for messages.</param>
    /// <param name="maxDataBytes">The most that is given out.</param>
    public AppendCursor(string key, long maxDataBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDataBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDataBytes, MaxObjectBytes);
        _key = key;
        _maxDataBytes = maxDataBytes;
    }

    /// <summary>The end of what has been given out, in bytes from the object's start.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>
    /// The offset for that many bytes. When they would go beyond the limit they are refused, and the cursor stays where
    /// it is, so that smaller pieces still fit.
    /// </summary>
    /// <param name="count">Bytes wanted.</param>
    /// <param name="alignment">A power of two; the offset is a multiple of it, behind a gap if need be.</param>
    public long Take(long count, int alignment = 1)
    {
        ThrowIfClosed();
        var end = Volatile.Read(ref _position);
        while (true)
        {
            // No overflow: the position is at most a quarter of what a long holds.
            var start = (end + alignment - 1) & ~(alignment - 1L);
            if (count > _maxDataBytes - start)
            {
                throw new StoreException(
                    StoreErrorKind.Io,
                    $"{_key}: {count} more bytes at offset {start} exceed the {_maxDataBytes} bytes the object was made for.");
            }

            // A full barrier; only the uniqueness of the range matters, the bytes themselves are ordered by the store.
            var seen = Interlocked.CompareExchange(ref _position, start + count, end);
            if (seen == end)
                return start;
            end = seen;
        }
    }

    /// <summary>Ends the object; a second end is a defect of the caller.</summary>
    public void Close()
    {
        if (!TryClose())
            throw Ended();
    }

    /// <summary>Ends the object unless it has ended already.</summary>
    public bool TryClose() => Interlocked.Exchange(ref _closed, 1) == 0;

    /// <summary>Refuses what comes after the end: a defect of the caller.</summary>
    public void ThrowIfClosed()
    {
        if (Volatile.Read(ref _closed) != 0)
            throw Ended();
    }

    private InvalidOperationException Ended() => new($"{_key} has already been completed or aborted.");
}
