using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Json;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Arrays;

/// <summary>The index of a shard as it was when it was read.</summary>
/// <param name="Entries">Offset and size of each chunk in turn, from the object's start.</param>
/// <param name="ObjectBytes">
/// The size of the object then, which tells whether it has grown since. Chunks that an index names never move.
/// </param>
internal sealed record KnownIndex(ulong[] Entries, long ObjectBytes)
{
    /// <summary>What the index of a shard that is not there says: nothing is stored.</summary>
    internal static KnownIndex OfNothing { get; } = new([], 0);

    internal long Bytes => (long)Entries.Length * sizeof(ulong);

    /// <summary>Where a chunk lies in the object, or null when it is not stored.</summary>
    /// <exception cref="ZarrFormatException">Outside it.</exception>
    internal (long Offset, long Length)? Locate(int place) =>
        Entries.Length == 0 ? null : ShardIndex.Locate(Entries, place, ObjectBytes);
}

/// <summary>
/// Keeps the indexes of shards that were read last, in bounded memory. Each is read by one thread, and others that want it wait.
/// Any thread.
/// </summary>
internal sealed class ShardIndexes(IReadableStore store, ReadingOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Place, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = [];
    private long _bytes;

    /// <summary>The bytes of all that are kept.</summary>
    internal long KeptBytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>The index of a shard that is an object, or a part of one.</summary>
    /// <param name="key">The object.</param>
    /// <param name="part">Where the shard lies in it; null when it is all of it.</param>
    /// <param name="layout">How it is divided.</param>
    /// <param name="cancel">Gives up.</param>
    internal KnownIndex Get(string key, (long Offset, long Length)? part, ShardLayout layout, CancellationToken cancel)
    {
        var place = new Place(key, part?.Offset ?? 0, part is not null);
        var kept = Find(place);
        if (kept.Index is { } known)
            return known;
        Enter(kept.Reading, cancel);
        try
        {
            if (kept.Index is { } read)
                return read;
            var index = Read(key, part, layout, cancel);
            Keep(place, kept, index);
            return index;
        }
        finally
        {
            Monitor.Exit(kept.Reading);
        }
    }

    /// <summary>One thread reads; who waits for it can give up, however long the store takes.</summary>
    private static void Enter(object reading, CancellationToken cancel)
    {
        const int looksAtTokenEachMs = 20;
        do
            cancel.ThrowIfCancellationRequested();
        while (!Monitor.TryEnter(reading, looksAtTokenEachMs));
    }

    /// <summary>Forgets the indexes of an object: it may have changed.</summary>
    internal void Forget(string key)
    {
        lock (_lock)
        {
            foreach (var node in _kept.Where(kept => kept.Key.Key == key).Select(kept => kept.Value).ToArray())
                Drop(node);
        }
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
            _byUse.Clear();
            _bytes = 0;
        }
    }

    private Kept Find(Place place)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(place, out var node))
                _byUse.Remove(node);
            else
                _kept.Add(place, node = new LinkedListNode<Kept>(new Kept(place)));
            _byUse.AddLast(node);
            return node.Value;
        }
    }

    private void Keep(Place place, Kept kept, KnownIndex index)
    {
        lock (_lock)
        {
            // A shard that is not there may come at any moment: each look is at the store.
            if (!_kept.TryGetValue(place, out var node) || node.Value != kept)
                return;
            if (ReferenceEquals(index, KnownIndex.OfNothing))
            {
                Drop(node);
                return;
            }

            kept.Index = index;
            _bytes += kept.Bytes;
            while (_bytes > options.IndexBytes && _byUse.First is { } oldest && oldest != node)
                Drop(oldest);
        }
    }

    private void Drop(LinkedListNode<Kept> node)
    {
        _byUse.Remove(node);
        _kept.Remove(node.Value.Place);
        if (node.Value.Index is not null)
            _bytes -= node.Value.Bytes;
    }

    private KnownIndex Read(string key, (long Offset, long Length)? part, ShardLayout layout, CancellationToken cancel)
    {
        if (layout.IndexBytes > options.IndexBytes)
        {
            throw new ReadingException(ReadingErrorKind.TooLarge,
                $"The index of the shard \"{key}\" has {layout.IndexBytes} bytes; {options.IndexBytes} are the limit.");
        }

        // Before memory is taken for what hostile metadata say.
        const int looksFirst = 1 << 20;
        if (layout.IndexBytes > looksFirst && part is null)
        {
            if (store.SizeOf(key, cancel) is not { } bytes)
                return KnownIndex.OfNothing;
            CheckHolds(layout, bytes);
        }

        var stored = GC.AllocateUninitializedArray<byte>(layout.IndexBytes);
        if (ReadBytes(key, part, layout, stored, cancel) is not { } size)
            return KnownIndex.OfNothing;
        var entries = new ulong[layout.Count * ShardIndex.NumbersPerChunk];
        StoredShardIndex.Decode(stored, layout, entries);
        if (part is { } shard)
            Move(entries, shard);
        return new KnownIndex(entries, size);
    }

    private long? ReadBytes(
        string key, (long Offset, long Length)? part, ShardLayout layout, byte[] into, CancellationToken cancel)
    {
        var isAtEnd = layout.IndexLocation == ShardIndexLocation.End;
        if (part is not { } shard)
        {
            var whole = isAtEnd ? store.ReadEnd(key, into, cancel) : store.ReadAt(key, 0, into, cancel);
            if (whole is { } all)
                CheckHolds(layout, all);
            return whole;
        }

        CheckHolds(layout, shard.Length);
        var offset = isAtEnd ? shard.Offset + shard.Length - into.Length : shard.Offset;
        var size = store.ReadAt(key, offset, into, cancel);
        if (size is { } bytes && bytes - into.Length < offset)
            throw new ZarrFormatException($"The object has {bytes} bytes and was longer before.");
        return size;
    }

    /// <summary>Offsets in a shard inside another become offsets in the object; a chunk has to lie in its shard.</summary>
    private static void Move(ulong[] entries, (long Offset, long Length) shard)
    {
        for (var place = 0; place < entries.Length / ShardIndex.NumbersPerChunk; place++)
        {
            if (ShardIndex.Locate(entries, place, shard.Length) is var (offset, _))
                entries[place * ShardIndex.NumbersPerChunk] = (ulong)(offset + shard.Offset);
        }
    }

    private static void CheckHolds(ShardLayout layout, long bytes)
    {
        if (bytes < layout.IndexBytes)
            throw new ZarrFormatException($"A shard of {bytes} bytes cannot hold its index of {layout.IndexBytes}.");
    }

    private readonly record struct Place(string Key, long Offset, bool IsInside);

    private sealed class Kept(Place place)
    {
        /// <summary>An entry of the table with its key's text, in bytes.</summary>
        private const int Overhead = 512;

        private KnownIndex? _index;

        internal Place Place { get; } = place;

        internal object Reading { get; } = new();

        // Published by a volatile write: who finds it needs no lock.
        internal KnownIndex? Index { get => Volatile.Read(ref _index); set => Volatile.Write(ref _index, value); }

        internal long Bytes => Index!.Bytes + Overhead;
    }
}
