using OmeZarr.Storage;

namespace OmeZarr.Stores;

/// <summary>Another store: what a test does not override goes on to it unchanged.</summary>
internal class ForwardingStore(IWritableStore inner) : IWritableStore, IListableStore
{
    public virtual int WriteAlignment => inner.WriteAlignment;

    public virtual void Begin(bool overwrite, params IReadOnlyList<StoredObject> first) => inner.Begin(overwrite, first);

    public virtual bool TryResume() => inner.TryResume();

    public virtual void Commit() => inner.Commit();

    public virtual void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable) =>
        inner.Put(key, value, durable);

    public virtual byte[]? Get(string key, int mostBytes, CancellationToken cancel) => inner.Get(key, mostBytes, cancel);

    public virtual long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel) =>
        inner.Read(key, ranges, cancel);

    public virtual IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel) => inner is IListableStore listable
        ? listable.List(prefix, cancel)
        : throw new NotSupportedException($"{inner.GetType().Name} cannot be listed");

    public virtual IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0) =>
        inner.Create(key, maxDataBytes, footerBytes);

    public virtual void Sync() => inner.Sync();

    public virtual void CheckRoot() => inner.CheckRoot();

    public virtual long? FreeBytes() => inner.FreeBytes();

    public virtual void Cancel() => inner.Cancel();

    public virtual void Dispose() => inner.Dispose();
}

/// <summary>The same for an object under construction.</summary>
internal class ForwardingWriter(IObjectWriter inner) : IObjectWriter
{
    public virtual long Append(ReadOnlySpan<MemoryRange> ranges) => inner.Append(ranges);

    public virtual bool PublishFooter(ReadOnlySpan<byte> footer, bool durable) => inner.PublishFooter(footer, durable);

    public virtual void Complete(ReadOnlySpan<byte> footer, bool durable) => inner.Complete(footer, durable);

    public virtual void Abort() => inner.Abort();

    public virtual void Dispose() => inner.Dispose();
}
