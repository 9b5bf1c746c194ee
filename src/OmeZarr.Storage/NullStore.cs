namespace OmeZarr.Storage;

/// <summary>
/// Takes everything and keeps only counts: the upper limit in benchmarks, where nothing but the store is left out.
/// Any thread may use it.
/// </summary>
public sealed class NullStore : IStore
{
    private long _bytes;
    private long _objects;

    /// <summary>Bytes put, appended, and of footers that completed an object.</summary>
    public long BytesWritten => Volatile.Read(ref _bytes);

    /// <summary>Objects put or completed.</summary>
    public long ObjectsWritten => Volatile.Read(ref _objects);

    /// <inheritdoc/>
    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        foreach (var (key, value) in first)
            Put(key, value.Span, durable: false);
    }

    /// <inheritdoc/>
    public void Put(string key, ReadOnlySpan<byte> value, bool durable) => Count(key, value.Length);

    /// <inheritdoc/>
    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable) => Count(key, MemoryRange.Total(value));

    /// <summary>Always null: nothing is kept.</summary>
    public byte[]? Get(string key)
    {
        StoreKey.Validate(key);
        return null;
    }

    /// <inheritdoc/>
    public IObjectWriter Create(string key, long maxDataBytes)
    {
        StoreKey.Validate(key);
        return new Writer(this, key, maxDataBytes);
    }

    /// <inheritdoc/>
    public void Sync()
    {
    }

    /// <inheritdoc/>
    public void Commit()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Count(ReadOnlySpan<char> key, long bytes)
    {
        StoreKey.Validate(key);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Increment(ref _objects);
    }

    private sealed class Writer(NullStore store, string key, long maxDataBytes) : IObjectWriter
    {
        private readonly AppendCursor _cursor = new(key, maxDataBytes);

        public long Append(ReadOnlySpan<byte> data)
        {
            var offset = _cursor.Take(data.Length);
            Interlocked.Add(ref store._bytes, data.Length);
            return offset;
        }

        public long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            var bytes = MemoryRange.Total(ranges);
            var offset = _cursor.Take(bytes);
            Interlocked.Add(ref store._bytes, bytes);
            return offset;
        }

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable) => false;

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            _cursor.Close();
            Interlocked.Add(ref store._bytes, footer.Length);
            Interlocked.Increment(ref store._objects);
        }

        public void Abort() => _cursor.TryClose();

        public void Dispose() => _cursor.TryClose();
    }
}
