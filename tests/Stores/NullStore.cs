using OmeZarr.Storage;

namespace OmeZarr.Stores;

/// <summary>
/// Takes everything and keeps only counts: the upper limit in benchmarks, where nothing but the store is left out.
/// Any thread may use it.
/// </summary>
internal sealed class NullStore : IWritableStore
{
    private long _bytes;
    private long _objects;

    /// <summary>Bytes put, appended, and of footers that completed an object.</summary>
    public long BytesWritten => Volatile.Read(ref _bytes);

    /// <summary>Objects put or completed.</summary>
    public long ObjectsWritten => Volatile.Read(ref _objects);

    public int WriteAlignment => 1;

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        foreach (var (key, value) in first)
            Count(key, value.Length);
    }

    public bool TryResume() => false;

    public void Commit()
    {
    }

    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable) =>
        Count(key, MemoryRange.Total(value));

    /// <summary>Always null: nothing is kept.</summary>
    public byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        StoreKey.Validate(key);
        return null;
    }

    /// <summary>Always null: nothing is kept.</summary>
    public long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        StoreKey.Validate(key);
        return null;
    }

    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        StoreKey.Validate(key);
        return new Writer(this, key, maxDataBytes);
    }

    public void Sync()
    {
    }

    public void CheckRoot()
    {
    }

    /// <summary>Not known.</summary>
    public long? FreeBytes() => null;

    public void Cancel()
    {
    }

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
