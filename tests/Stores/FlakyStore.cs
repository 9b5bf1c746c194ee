using OmeZarr.Storage;

namespace OmeZarr.Stores;

/// <summary>
/// Another store made unreliable: errors at a chosen operation, a disk that fills up after so many bytes, and gates that
/// hold operations until a test lets them go. Without any of these set, it does what the store below it does.
/// </summary>
/// <remarks>Any thread may use it, also to change its settings while others are inside.</remarks>
internal sealed class FlakyStore(IWritableStore inner) : ForwardingStore(inner)
{
    private readonly Lock _gate = new();
    private StoreOperation _failing;
    private StoreErrorKind _kind;
    private int _successesLeft;
    private int _failuresLeft;
    private long _bytesLeft = long.MaxValue;
    private int _failures;
    private (StoreOperation On, ManualResetEventSlim Gate)? _held;
    private int _arrived;

    /// <summary>How many operations have failed.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>How many operations have come to the gate of <see cref="Hold"/>.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>Makes these operations fail, for good or so many times, after so many that still succeed.</summary>
    public void FailOn(
        StoreOperation operations, StoreErrorKind kind = StoreErrorKind.Io, int afterSuccesses = 0, int failures = int.MaxValue)
    {
        lock (_gate)
            (_failing, _kind, _successesLeft, _failuresLeft) = (operations, kind, afterSuccesses, failures);
    }

    /// <summary>The disk is full after that many more bytes; an operation that does not fit writes nothing.</summary>
    public void FillUpAfter(long bytes)
    {
        lock (_gate)
            _bytesLeft = bytes;
    }

    /// <summary>Everything works again.</summary>
    public void Heal()
    {
        lock (_gate)
            (_failing, _bytesLeft) = (0, long.MaxValue);
    }

    /// <summary>
    /// Holds these operations, before they do anything, until the returned gate is disposed. One gate at a time.
    /// </summary>
    public IDisposable Hold(StoreOperation operations)
    {
        var gate = new ManualResetEventSlim();
        lock (_gate)
            _held = (operations, gate);
        return new Opener(this, gate);
    }

    public override void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        Pass(StoreOperation.Begin, "", 0);
        base.Begin(overwrite, first);
    }

    public override void Commit()
    {
        Pass(StoreOperation.Commit, "", 0);
        base.Commit();
    }

    public override void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        Pass(StoreOperation.Put, key, MemoryRange.Total(value));
        base.Put(key, value, durable);
    }

    public override byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        Pass(StoreOperation.Read, key, 0);
        return base.Get(key, mostBytes, cancel);
    }

    public override long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        Pass(StoreOperation.Read, key, 0);
        return base.Read(key, ranges, cancel);
    }

    public override IEnumerable<StoreEntry> List(string prefix, CancellationToken cancel)
    {
        Pass(StoreOperation.List, prefix, 0);
        return base.List(prefix, cancel);
    }

    public override IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Pass(StoreOperation.Create, key, 0);
        return new Writer(this, key, base.Create(key, maxDataBytes, footerBytes));
    }

    public override void Sync()
    {
        Pass(StoreOperation.Sync, "", 0);
        base.Sync();
    }

    public override void CheckRoot()
    {
        Pass(StoreOperation.CheckRoot, "", 0);
        base.CheckRoot();
    }

    /// <summary>What <see cref="FillUpAfter"/> has left.</summary>
    public override long? FreeBytes()
    {
        lock (_gate)
            return _bytesLeft == long.MaxValue ? base.FreeBytes() : _bytesLeft;
    }

    /// <summary>Also opens the gate of <see cref="Hold"/>: nobody waits any more.</summary>
    public override void Cancel()
    {
        lock (_gate)
        {
            _held?.Gate.Set();
            _held = null;
        }

        base.Cancel();
    }

    private void Pass(StoreOperation operation, ReadOnlySpan<char> key, long bytes)
    {
        (StoreOperation On, ManualResetEventSlim Gate)? held;
        lock (_gate)
            held = _held;
        if (held is { } hold && hold.On.HasFlag(operation))
        {
            Interlocked.Increment(ref _arrived);
            hold.Gate.Wait();
        }

        lock (_gate)
        {
            if (_failing.HasFlag(operation) && _successesLeft-- <= 0 && _failuresLeft-- > 0)
                throw Failure(_kind, $"{key}: {operation} was made to fail.");
            if (bytes > _bytesLeft)
                throw Failure(StoreErrorKind.NoSpace,
                    $"{key}: the disk was made full; {operation} of {bytes} bytes does not fit.");
            _bytesLeft -= bytes;
        }
    }

    private StoreException Failure(StoreErrorKind kind, string message)
    {
        Interlocked.Increment(ref _failures);
        return new StoreException(kind, message);
    }

    private sealed class Opener(FlakyStore store, ManualResetEventSlim gate) : IDisposable
    {
        public void Dispose()
        {
            lock (store._gate)
            {
                if (store._held?.Gate == gate)
                    store._held = null;
            }

            gate.Set();
        }
    }

    private sealed class Writer(FlakyStore store, string key, IObjectWriter inner) : ForwardingWriter(inner)
    {
        public override long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass(StoreOperation.Append, key, MemoryRange.Total(ranges));
            return base.Append(ranges);
        }

        public override bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.PublishFooter, key, footer.Length);
            return base.PublishFooter(footer, durable);
        }

        public override void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.Complete, key, footer.Length);
            base.Complete(footer, durable);
        }
    }
}
