using System.Runtime.CompilerServices;

namespace OmeZarrNative.Abi;

/// <summary>
/// Numeric handles for objects that callers use. A handle contains an index and the generation of that entry, so that a stale or
/// foreign one is noticed; 0 is never used. Any thread.
/// </summary>
internal sealed class HandleTable<T>
    where T : class
{
    private const int IndexBits = 16;

    private readonly Lock _lock = new();
    private readonly Entry?[] _entries;
    private readonly ulong[] _generations;

    /// <param name="capacity">The most objects at once.</param>
    /// <param name="seed">The first generation, so that handles of another process do not match.</param>
    public HandleTable(int capacity, ulong seed)
    {
        _entries = new Entry?[capacity];
        _generations = new ulong[capacity];
        _generations.AsSpan().Fill(seed);
    }

    /// <summary>Reserves a handle for an object that is still to be made, or returns 0 when the table is full.</summary>
    public ulong Reserve()
    {
        lock (_lock)
        {
            for (var index = 0; index < _entries.Length; index++)
            {
                if (_entries[index] is not null)
                    continue;
                var handle = (++_generations[index] << IndexBits) | ((ulong)index + 1);
                Volatile.Write(ref _entries[index], new Entry(handle));
                return handle;
            }

            return 0;
        }
    }

    /// <summary>Assigns an object to a reserved handle.</summary>
    public void Fill(ulong handle, T value) => Volatile.Write(ref EntryOf(handle)!.Value, value);

    /// <summary>The object of a handle, or null. Takes no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T? Find(ulong handle)
    {
        var entry = EntryOf(handle);
        return entry is null ? null : Volatile.Read(ref entry.Value);
    }

    /// <summary>Frees a handle; false when it was free already.</summary>
    public bool Remove(ulong handle)
    {
        lock (_lock)
        {
            if (EntryOf(handle) is null)
                return false;
            _entries[(int)(handle & ((1 << IndexBits) - 1)) - 1] = null;
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Entry? EntryOf(ulong handle)
    {
        var index = (long)(handle & ((1 << IndexBits) - 1)) - 1;
        if ((ulong)index >= (ulong)_entries.Length)
            return null;
        var entry = Volatile.Read(ref _entries[index]);
        return entry is not null && entry.Handle == handle ? entry : null;
    }

    /// <summary>A handle in use: assigned, or reserved.</summary>
    private sealed class Entry(ulong handle)
    {
        public readonly ulong Handle = handle;
        public T? Value;
    }
}
