namespace OmeZarr.Storage;

/// <summary>Calls of stores with less to say, for bytes in one place and without a token.</summary>
public static unsafe class StoreCalls
{
    /// <summary>
    /// The whole object, or null when there is none; whatever an array can hold. Ended by the store's own end only.
    /// </summary>
    public static byte[]? Get(this IReadableStore store, string key) => store.Get(key, Array.MaxLength, CancellationToken.None);

    /// <summary>The size of an object in bytes, or null when there is none of that name.</summary>
    public static long? SizeOf(this IReadableStore store, ReadOnlySpan<char> key, CancellationToken cancel = default) =>
        store.Read(key, [], cancel);

    /// <summary>Reads one part of an object; returns the size of the whole, as <see cref="IReadableStore.Read"/> does.</summary>
    public static long? ReadAt(
        this IReadableStore store, ReadOnlySpan<char> key, long offset, Span<byte> into, CancellationToken cancel = default)
    {
        // SAFETY: pinned until the call has returned.
        fixed (byte* first = into)
        {
            var range = RangeRead.At(offset, new MemoryRange((nint)first, into.Length));
            return store.Read(key, new ReadOnlySpan<RangeRead>(in range), cancel);
        }
    }

    /// <summary>Reads the last bytes of an object; returns the size of the whole.</summary>
    public static long? ReadEnd(
        this IReadableStore store, ReadOnlySpan<char> key, Span<byte> into, CancellationToken cancel = default)
    {
        // SAFETY: pinned until the call has returned.
        fixed (byte* first = into)
        {
            var range = RangeRead.AtEnd(new MemoryRange((nint)first, into.Length));
            return store.Read(key, new ReadOnlySpan<RangeRead>(in range), cancel);
        }
    }

    /// <summary>Stores an object whole.</summary>
    public static void Put(this IWritableStore store, ReadOnlySpan<char> key, ReadOnlySpan<byte> value, bool durable)
    {
        // SAFETY: pinned until the call has returned.
        fixed (byte* first = value)
        {
            var range = new MemoryRange((nint)first, value.Length);
            store.Put(key, new ReadOnlySpan<MemoryRange>(in range), durable);
        }
    }

    /// <summary>Appends bytes; returns the offset at which they begin.</summary>
    public static long Append(this IObjectWriter writer, ReadOnlySpan<byte> data)
    {
        // SAFETY: pinned until the call has returned.
        fixed (byte* first = data)
        {
            var range = new MemoryRange((nint)first, data.Length);
            return writer.Append(new ReadOnlySpan<MemoryRange>(in range));
        }
    }
}
