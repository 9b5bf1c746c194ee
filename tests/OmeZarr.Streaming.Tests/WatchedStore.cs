using OmeZarr.Storage;

namespace OmeZarr.Streaming.Tests;

/// <summary>Another store that tells whether it has been closed.</summary>
internal sealed class WatchedStore(IStore inner) : IStore
{
    public bool IsDisposed { get; private set; }

    public int WriteAlignment => inner.WriteAlignment;

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first) => inner.Begin(overwrite, first);

    public void Put(string key, ReadOnlySpan<byte> value, bool durable) => inner.Put(key, value, durable);

    public byte[]? Get(string key) => inner.Get(key);

    public IObjectWriter Create(string key, long maxDataBytes) => inner.Create(key, maxDataBytes);

    public void Sync() => inner.Sync();

    public void Dispose()
    {
        IsDisposed = true;
        inner.Dispose();
    }
}
