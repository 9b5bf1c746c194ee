using System.Runtime.CompilerServices;

namespace OmeZarrNative.Abi;

/// <summary>
/// Numbers for objects that callers hold. A number carries its place and the place's generation, so that a stale or
/// foreign one is noticed; 0 is never given out. Any thread.
/// </summary>
internal sealed class HandleTable<T>
    where T : class
{
    private const int PlaceBits = 16;

    private readonly Lock _lock = new();
    private readonly Entry?[] _entries;
    private readonly ulong[] _generations;

    /// <param name="capacity">Most objects at once.</param>
    /// <param name="seed">Where generations begin, so that handles of another process do not fit here.</param>
    public HandleTable(int capacity, ulong seed)
    {
        _entries = new Entry?[capacity];
        _generations = new ulong[capacity];
        _generations.AsSpan().Fill(seed);
    }

    /// <summary>Takes a number for an object that is still to be made, or returns 0 when the table is full.</summary>
    public ulong Reserve()
    {
        lock (_lock)
        {
            for (var place = 0; place < _entries.Length; place++)
            {
                if (_entries[place] is not null)
                    continue;
                var handle = (++_generations[place] << PlaceBits) | ((ulong)place + 1);
                Volatile.Write(ref _entries[place], new Entry(handle));
                return handle;
            }

            return 0;
        }
    }

    /// <summary>Gives a reserved number to an object, which is found by it from now on.</summary>
    public void Fill(ulong handle, T value) => Volatile.Write(ref EntryOf(handle)!.Value, value);

    /// <summary>The object of a number, or null. Takes no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T? Find(ulong handle)
    {
        var entry = EntryOf(handle);
        return entry is null ? null : Volatile.Read(ref entry.Value);
    }

    /// <summary>Takes a number out of use; false when it was already.</summary>
    public bool Remove(ulong handle)
    {
        lock (_lock)
        {
            if (EntryOf(handle) is null)
                return false;
            _entries[(int)(handle & ((1 << PlaceBits) - 1)) - 1] = null;
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Entry? EntryOf(ulong handle)
    {
        var place = (long)(handle & ((1 << PlaceBits) - 1)) - 1;
        if ((ulong)place >= (ulong)_entries.Length)
            return null;
        var entry = Volatile.Read(ref _entries[place]);
        return entry is not null && entry.Handle == handle ? entry : null;
    }

    /// <summary>A number in use; of an object, or reserved for one.</summary>
    private sealed class Entry(ulong handle)
    {
        public readonly ulong Handle = handle;
        public T? Value;
    }
}
