using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests;

/// <summary>Another store that does not show some unfinished objects when it is asked to.</summary>
/// <param name="inner">Where everything goes.</param>
/// <param name="oneOf">Of how many publications one is not shown; 0: each is, 1: none is.</param>
internal sealed class HidingStore(IWritableStore inner, int oneOf) : ForwardingStore(inner)
{
    private int _publications;

    public override IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0) =>
        new Writer(this, base.Create(key, maxDataBytes, footerBytes));

    private bool Shows() => oneOf == 0 || Interlocked.Increment(ref _publications) % oneOf != 0;

    private sealed class Writer(HidingStore store, IObjectWriter inner) : ForwardingWriter(inner)
    {
        public override bool PublishFooter(ReadOnlySpan<byte> footer, bool durable) =>
            store.Shows() && base.PublishFooter(footer, durable);
    }
}
