using OmeZarr.Storage;

namespace OmeZarr.Streaming.Tests;

/// <summary>Another store that does not show some unfinished objects when it is asked to.</summary>
/// <param name="inner">Where everything goes.</param>
/// <param name="oneOf">Of how many publications one is not shown; 0: each is, 1: none is.</param>
internal sealed class HidingStore(IStore inner, int oneOf) : IStore
{
    private readonly int _oneOf = oneOf;
    private int _publications;

    public int WriteAlignment => inner.WriteAlignment;

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first) => inner.Begin(overwrite, first);

    public void Put(string key, ReadOnlySpan<byte> value, bool durable) => inner.Put(key, value, durable);

    public byte[]? Get(string key) => inner.Get(key);

    public IObjectWriter Create(string key, long maxDataBytes) => new Writer(this, inner.Create(key, maxDataBytes));

    public void Sync() => inner.Sync();

    public void Commit() => inner.Commit();

    public void CheckRoot() => inner.CheckRoot();

    public void Cancel() => inner.Cancel();

    public void Dispose() => inner.Dispose();

    private sealed class Writer(HidingStore store, IObjectWriter inner) : IObjectWriter
    {
        public long Append(ReadOnlySpan<byte> data) => inner.Append(data);

        public long Append(ReadOnlySpan<MemoryRange> ranges) => inner.Append(ranges);

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable) =>
            (store._oneOf == 0 || Interlocked.Increment(ref store._publications) % store._oneOf != 0) && inner.PublishFooter(footer, durable);

        public void Complete(ReadOnlySpan<byte> footer, bool durable) => inner.Complete(footer, durable);

        public void Abort() => inner.Abort();

        public void Dispose() => inner.Dispose();
    }
}
