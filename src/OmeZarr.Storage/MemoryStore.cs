using System.Collections.Concurrent;

namespace OmeZarr.Storage;

/// <summary>Keeps objects in managed memory, for tests and for data that is handed on. Any thread may use it.</summary>
public sealed class MemoryStore : IStore
{
    private readonly ConcurrentDictionary<string, IMemoryObject> _objects = new(StringComparer.Ordinal);

    // An object that is being written but has not been published: invisible, yet its name is taken.
    private readonly ConcurrentDictionary<string, Writer> _unfinished = new(StringComparer.Ordinal);

    // What was there before Begin, until Commit.
    private KeyValuePair<string, IMemoryObject>[]? _before;
    private volatile bool _isCancelled;

    /// <summary>The keys of all objects that can be read, sorted.</summary>
    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
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
            Put(key, value.Span, durable: false);
    }

    /// <inheritdoc/>
    public void Put(string key, ReadOnlySpan<byte> value, bool durable)
    {
        Check(key);
        _objects[key] = new WholeObject(value.ToArray());
    }

    /// <inheritdoc/>
    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        StoreKey.Validate(key);
        if (_isCancelled)
            ThrowIfCancelled(key.ToString());
        _objects[key.ToString()] = new WholeObject(MemoryRange.Joined(value));
    }

    /// <inheritdoc/>
    public byte[]? Get(string key)
    {
        Check(key);
        return _objects.TryGetValue(key, out var value) ? value.Read() : null;
    }

    /// <inheritdoc/>
    public IObjectWriter Create(string key, long maxDataBytes)
    {
        Check(key);
        var writer = new Writer(this, key, maxDataBytes);
        if (_objects.ContainsKey(key) || !_unfinished.TryAdd(key, writer))
            throw new StoreException(StoreErrorKind.AlreadyExists, $"{key} exists already.");
        return writer;
    }

    /// <inheritdoc/>
    public void Sync() => ThrowIfCancelled("the memory store");

    /// <inheritdoc/>
    public void Commit() => _before = null;

    /// <inheritdoc/>
    public void Cancel() => _isCancelled = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _before, null) is not { } before)
            return;
        _objects.Clear();
        foreach (var (key, value) in before)
            _objects[key] = value;
    }

    private void ThrowIfCancelled(string what)
    {
        if (_isCancelled)
            throw new StoreException(StoreErrorKind.Cancelled, $"{what}: the store has been told to give up.");
    }

    private void Check(string key)
    {
        StoreKey.Validate(key);
        ThrowIfCancelled(key);
    }

    private void Clear(bool overwrite)
    {
        if (!overwrite)
            throw new StoreException(StoreErrorKind.AlreadyExists, "The memory store already holds a dataset, and overwrite is not set.");
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

        public long Append(ReadOnlySpan<byte> data)
        {
            store.ThrowIfCancelled(key);
            var offset = _cursor.Take(data.Length);
            lock (_gate)
            {
                Grow(offset + data.Length);
                data.CopyTo(_data.AsSpan((int)offset));
            }

            return offset;
        }

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
            Publish(footer);
            return true;
        }

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            _cursor.Close();
            store.ThrowIfCancelled(key);
            Publish(footer);
            store._objects[key] = new WholeObject(Read());
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
                    throw new ArgumentException($"{key}: the footer has {footer.Length} bytes, the one before had {_footer.Length}.", nameof(footer));
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
