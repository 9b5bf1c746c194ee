using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests;

/// <summary>Another store that tells whether it has been closed.</summary>
internal sealed class WatchedStore(IWritableStore inner) : ForwardingStore(inner)
{
    public bool IsDisposed { get; private set; }

    public override void Dispose()
    {
        IsDisposed = true;
        base.Dispose();
    }
}
