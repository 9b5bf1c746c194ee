using System.Collections.Concurrent;
using OmeZarr.Storage;

namespace OmeZarr.Stores;

/// <summary>Keeps objects in managed memory. Any thread may use it.</summary>
internal sealed class MemoryStore : IWritableStore, IListableStore
{
    private readonly ConcurrentDictionary<string, IMemoryObject> _objects = new(StringComparer.Ordinal);

    // An object that is being written but has not been published: invisible, yet its name is taken.
    private readonly ConcurrentDictionary<string, Writer> _unfinished = new(StringComparer.Ordinal);

    // What was there before Begin, until Commit.
    private KeyValuePair<string, IMemoryObject>[]? _before;
    private readonly Lock _changing = new();
    private volatile bool _isCancelled;
    private bool _isResumed;

    /// <summary>The keys of all objects that can be read, sorted.</summary>
    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    public int WriteAlignment => 1;

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        foreach (var (key, _) in first)
            StoreKey.Validate(key);
        ThrowIfCancelled("the memory store");
        KeyValuePair<string, IMemoryObject>[] before = [.. _objects];
        if (before.Length > 0)
            Clear(overwrite);
        _before = before;
        foreach (var (key, value) in first)
            _objects[key] = new WholeObject(value.ToArray());
    }

    public bool TryResume() => _isResumed = _objects.ContainsKey("zarr.json");

    /// <summary>What a process that was killed at this moment leaves: the objects that can be read.</summary>
    public MemoryStore AfterKill()
    {
        var left = new MemoryStore();
        // At one moment: a document must not be newer than what it tells of.
        lock (_changing)
        {
            foreach (var (key, value) in _objects)
                left._objects[key] = new WholeObject(value.Read());
        }

        return left;
    }

    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        StoreKey.Validate(key);
        if (_isCancelled)
            ThrowIfCancelled(key.ToString());
        var whole = new WholeObject(MemoryRange.Joined(value));
        lock (_changing)
            _objects[key.ToString()] = whole;
    }

    public byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        if (Find(key, cancel) is not { } bytes)
            return null;
        return bytes.Length <= mostBytes
            ? bytes
            : throw new StoreException(StoreErrorKind.TooLarge, $"{key} has {bytes.Length} bytes; at most {mostBytes} are read.");
    }

    public unsafe long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        if (Find(key.ToString(), cancel) is not { } bytes)
            return null;
        foreach (var range in ranges)
        {
            var (offset, count) = range.Within(bytes.Length);
            // SAFETY: the caller vouches for the memory, of which this is the first part.
            bytes.AsSpan((int)offset, (int)count).CopyTo(new Span<byte>((void*)range.Into.First, (int)count));
        }

        return bytes.Length;
    }

    public IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel)
    {
        if (prefix.Length > 0)
            StoreKey.Validate(prefix);
        return Enumerate(prefix.Length > 0 ? prefix + "/" : "", cancel);
    }

    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Check(key);
        Writer writer = new(this, key, maxDataBytes);
        if ((_objects.ContainsKey(key) && !_isResumed) || !_unfinished.TryAdd(key, writer))
            throw new StoreException(StoreErrorKind.AlreadyExists, $"{key} exists already.");
        return writer;
    }

    public void Sync() => ThrowIfCancelled("the memory store");

    public void Commit() => _before = null;

    public void CheckRoot()
    {
    }

    /// <summary>Not known.</summary>
    public long? FreeBytes() => null;

    public void Cancel() => _isCancelled = true;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _before, null) is not { } before)
            return;
        _objects.Clear();
        foreach (var (key, value) in before)
            _objects[key] = value;
    }

    private IEnumerable<StoreEntry> Enumerate(string prefix, CancellationToken cancel)
    {
        HashSet<StoreEntry> seen = [];
        foreach (var key in Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            ThrowIfCancelled(prefix, cancel);
            var rest = key[prefix.Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var entry = slash < 0 ? new StoreEntry(rest, IsPrefix: false) : new StoreEntry(rest[..slash], IsPrefix: true);
            if (seen.Add(entry))
                yield return entry;
        }

        ThrowIfCancelled(prefix, cancel);
    }

    private byte[]? Find(string key, CancellationToken cancel)
    {
        StoreKey.Validate(key);
        ThrowIfCancelled(key, cancel);
        return _objects.TryGetValue(key, out var value) ? value.Read() : null;
    }

    private void ThrowIfCancelled(string what, CancellationToken cancel = default)
    {
        if (_isCancelled)
            throw new StoreException(StoreErrorKind.Cancelled, $"{what}: the store has been told to give up.");
        if (cancel.IsCancellationRequested)
            throw new StoreException(StoreErrorKind.Cancelled, $"{what}: the call was given up.");
    }

    private void Check(string key)
    {
        StoreKey.Validate(key);
        ThrowIfCancelled(key);
    }

    private void Clear(bool overwrite)
    {
        if (!overwrite)
        {
            throw new StoreException(
                StoreErrorKind.AlreadyExists, "The memory store already holds a dataset, and overwrite is not set.");
        }

        if (!_objects.ContainsKey("zarr.json"))
            throw new StoreException(StoreErrorKind.NotAZarr, "What the memory store holds is not a Zarr: it has no zarr.json.");
        _objects.Clear();
    }

    private interface IMemoryObject
    {
        byte[] Read();
    }

    private sealed class WholeObject(byte[] bytes) : IMemoryObject
    {
        public byte[] Read() => (byte[])bytes.Clone();
    }

    private sealed class Writer(MemoryStore store, string key, long maxDataBytes) : IObjectWriter, IMemoryObject
    {
        private readonly AppendCursor _cursor = new(key, maxDataBytes);
        private readonly Lock _gate = new();
        private byte[] _data = [];
        private byte[]? _footer;

        public long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.ThrowIfCancelled(key);
            var bytes = MemoryRange.Total(ranges);
            var offset = _cursor.Take(bytes);
            lock (_gate)
            {
                Grow(offset + bytes);
                var at = (int)offset;
                foreach (var range in ranges)
                {
                    range.Span.CopyTo(_data.AsSpan(at));
                    at += range.Span.Length;
                }
            }

            return offset;
        }

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            _cursor.ThrowIfClosed();
            store.ThrowIfCancelled(key);
            lock (store._changing)
                Publish(footer);
            return true;
        }

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            _cursor.Close();
            store.ThrowIfCancelled(key);
            lock (store._changing)
            {
                Publish(footer);
                store._objects[key] = new WholeObject(Read());
            }

            store._unfinished.TryRemove(key, out _);
        }

        public void Abort()
        {
            if (!_cursor.TryClose())
                return;
            if (_footer is not null)
                store._objects[key] = new WholeObject(Read());
            store._unfinished.TryRemove(key, out _);
        }

        public void Dispose() => Abort();

        public byte[] Read()
        {
            lock (_gate)
            {
                var length = (int)Math.Min(_cursor.Position, _data.Length);
                return [.. _data.AsSpan(0, length), .. _footer ?? []];
            }
        }

        private void Publish(ReadOnlySpan<byte> footer)
        {
            lock (_gate)
            {
                if (_footer is not null && _footer.Length != footer.Length)
                {
                    throw new ArgumentException(
                        $"{key}: the footer has {footer.Length} bytes, the one before had {_footer.Length}.", nameof(footer));
                }

                _footer = footer.ToArray();
            }

            store._objects[key] = this;
        }

        private void Grow(long needed)
        {
            if (needed <= _data.Length)
                return;
            if (needed > Array.MaxLength)
                throw new StoreException(StoreErrorKind.NoSpace, $"{key}: an object in memory cannot hold {needed} bytes.");
            var size = Math.Min(Array.MaxLength, Math.Max(needed, 2L * _data.Length));
            Array.Resize(ref _data, (int)size);
        }
    }
}
