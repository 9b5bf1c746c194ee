using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

// Reading, from a dataset that this store has begun or one that lies there.
public sealed partial class FileSystemStore
{
    /// <summary>
    /// How often a file is looked at anew whose end moved while it was read. Its writer moves it once for each
    /// publication, between two of which there is time for many.
    /// </summary>
    private const int MostLooks = 1000;

    /// <summary>What is read by one call of the system, in bytes; between two, cancelling is seen.</summary>
    private const int MostBytesAtOnce = 8 << 20;

    /// <inheritdoc/>
    public byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(mostBytes);
        StoreKey.Validate(key);
        try
        {
            using var file = OpenToRead(key, cancel);
            return file is null ? null : ReadWhole(file, key, mostBytes, cancel);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw ReadFailure(key, e, cancel);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The file is opened once for all parts, so that one that is replaced meanwhile is read as it was. When its end has moved,
    /// as that of a growing shard does with each publication, everything is read again.
    /// </remarks>
    public long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        StoreKey.Validate(key);
        try
        {
            using var file = OpenToRead(key, cancel);
            return file is null ? null : ReadRanges(file, key, ranges, cancel);
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            throw ReadFailure(key, e, cancel);
        }
    }

    private SafeFileHandle? OpenToRead(ReadOnlySpan<char> key, CancellationToken cancel)
    {
        _stop.ThrowIfCancelled(key, cancel);
        return TryOpenRoot()?.TryOpenToRead(key.ToString(), cancel);
    }

    private byte[] ReadWhole(SafeFileHandle file, string key, int mostBytes, CancellationToken cancel)
    {
        byte[]? bytes = null;
        for (var look = 1; look <= MostLooks; look++)
        {
            var size = RandomAccess.GetLength(file);
            if (size > mostBytes)
                throw new StoreException(StoreErrorKind.TooLarge,
                    $"{PathOf(key)} has {size} bytes; at most {mostBytes} are read.");
            if (bytes?.Length != size)
                bytes = GC.AllocateUninitializedArray<byte>((int)size);
            if (TryFill(file, bytes, 0, key, cancel) && RandomAccess.GetLength(file) == size)
                return bytes;
        }

        throw Moving();
    }

    private long ReadRanges(SafeFileHandle file, ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        for (var look = 1; look <= MostLooks; look++)
        {
            var size = RandomAccess.GetLength(file);
            if (TryFill(file, ranges, size, key, cancel) && IsUnchanged(ranges, size, RandomAccess.GetLength(file)))
                return size;
        }

        throw Moving();
    }

    // What lies before the end never changes. The end itself moves with each publication, down by a cut or up by a hole; what is
    // read while it is cut off may be zeros.
    private static bool IsUnchanged(ReadOnlySpan<RangeRead> ranges, long size, long now)
    {
        foreach (var range in ranges)
        {
            var (offset, bytes) = range.Within(size);
            if (now != size && (range.IsFromEnd || offset + bytes > now))
                return false;
        }

        return true;
    }

    // False: the file ended before the size that it had.
    private unsafe bool TryFill(
        SafeFileHandle file, ReadOnlySpan<RangeRead> ranges, long size, ReadOnlySpan<char> key, CancellationToken cancel)
    {
        foreach (var range in ranges)
        {
            var (offset, bytes) = range.Within(size);
            for (nint done = 0; done < bytes;)
            {
                var count = (int)Math.Min(bytes - done, MostBytesAtOnce);
                // SAFETY: the caller of the store vouches for the memory, of which this is a part.
                if (!TryFill(file, new Span<byte>((byte*)range.Into.First + done, count), offset + done, key, cancel))
                    return false;
                done += count;
            }
        }

        return true;
    }

    private bool TryFill(SafeFileHandle file, Span<byte> into, long offset, ReadOnlySpan<char> key, CancellationToken cancel)
    {
        while (!into.IsEmpty)
        {
            _stop.ThrowIfCancelled(key, cancel);
            var read = RandomAccess.Read(file, into[..Math.Min(into.Length, MostBytesAtOnce)], offset);
            if (read == 0)
                return false;
            into = into[read..];
            offset += read;
        }

        return true;
    }

    private static IOException Moving() => new("The end of the file moved again and again while it was read");

    // Of a call that was given up the system may have said anything.
    private StoreException ReadFailure(ReadOnlySpan<char> key, Exception cause, CancellationToken cancel)
    {
        _stop.ThrowIfCancelled(key, cancel);
        return IoFailure.Describe(PathOf(key), "reading", cause);
    }
}
