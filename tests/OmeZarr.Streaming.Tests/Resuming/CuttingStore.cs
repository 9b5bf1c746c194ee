using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests.Resuming;

/// <summary>
/// A store in memory of which an operation fails, and all that follow: the last one before which the process lived, or the first
/// that the store refused.
/// </summary>
/// <param name="memory">Where objects go.</param>
/// <param name="operations">How many still succeed.</param>
internal sealed class CuttingStore(MemoryStore memory, int operations) : ForwardingStore(memory)
{
    private int _left = operations;

    /// <summary>What a process leaves that was killed at the first operation that failed; null when none did.</summary>
    public MemoryStore? Left { get; private set; }

    public override void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        Pass();
        base.Put(key, value, durable);
    }

    public override long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        Pass();
        return base.Read(key, ranges, cancel);
    }

    public override byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        Pass();
        return base.Get(key, mostBytes, cancel);
    }

    public override IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Pass();
        return new CuttingWriter(this, base.Create(key, maxDataBytes, footerBytes));
    }

    public override void Commit()
    {
        Pass();
        base.Commit();
    }

    private void Pass()
    {
        if (Interlocked.Decrement(ref _left) >= 0)
            return;
        lock (memory)
            Left ??= memory.AfterKill();
        throw new StoreException(StoreErrorKind.Io, "it was cut");
    }

    private sealed class CuttingWriter(CuttingStore store, IObjectWriter inner) : ForwardingWriter(inner)
    {
        public override long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass();
            return base.Append(ranges);
        }

        public override bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass();
            return base.PublishFooter(footer, durable);
        }

        public override void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass();
            base.Complete(footer, durable);
        }
    }
}
