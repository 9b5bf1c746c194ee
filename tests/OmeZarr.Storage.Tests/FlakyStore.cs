namespace OmeZarr.Storage.Tests;

/// <summary>What a <see cref="FlakyStore"/> can be made to fail at.</summary>
[Flags]
public enum StoreOperation
{
    Begin = 1,
    Put = 2,
    Create = 4,
    Append = 8,
    PublishFooter = 16,
    Complete = 32,
    Sync = 64,
    Commit = 128,
    CheckRoot = 256,
    Any = 511,
}

/// <summary>
/// Another store made unreliable: errors at a chosen operation, a disk that fills up after so many bytes, and gates that
/// hold operations until a test lets them go. Without any of these set, it does what the store below it does.
/// </summary>
/// <remarks>Any thread may use it, also to change its settings while others are inside.</remarks>
public sealed class FlakyStore(IStore inner) : IStore
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
    public void FailOn(StoreOperation operations, StoreErrorKind kind = StoreErrorKind.Io, int afterSuccesses = 0, int failures = int.MaxValue)
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

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        Pass(StoreOperation.Begin, "", 0);
        inner.Begin(overwrite, first);
    }

    public void Put(string key, ReadOnlySpan<byte> value, bool durable)
    {
        Pass(StoreOperation.Put, key, value.Length);
        inner.Put(key, value, durable);
    }

    public byte[]? Get(string key) => inner.Get(key);

    public int WriteAlignment => inner.WriteAlignment;

    public IObjectWriter Create(string key, long maxDataBytes) => Create(key, maxDataBytes, 0);

    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes)
    {
        Pass(StoreOperation.Create, key, 0);
        return new Writer(this, key, inner.Create(key, maxDataBytes, footerBytes));
    }

    public void Sync()
    {
        Pass(StoreOperation.Sync, "", 0);
        inner.Sync();
    }

    public void Commit()
    {
        Pass(StoreOperation.Commit, "", 0);
        inner.Commit();
    }

    public void CheckRoot()
    {
        Pass(StoreOperation.CheckRoot, "", 0);
        inner.CheckRoot();
    }

    /// <summary>Also opens the gate of <see cref="Hold"/>: nobody waits any more.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _held?.Gate.Set();
            _held = null;
        }

        inner.Cancel();
    }

    public void Dispose() => inner.Dispose();

    private void Pass(StoreOperation operation, string key, long bytes)
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
                throw Failure(StoreErrorKind.NoSpace, $"{key}: the disk was made full, {operation} of {bytes} bytes does not fit.");
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

    private sealed class Writer(FlakyStore store, string key, IObjectWriter inner) : IObjectWriter
    {
        public long Append(ReadOnlySpan<byte> data)
        {
            store.Pass(StoreOperation.Append, key, data.Length);
            return inner.Append(data);
        }

        public long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass(StoreOperation.Append, key, MemoryRange.Total(ranges));
            return inner.Append(ranges);
        }

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.PublishFooter, key, footer.Length);
            return inner.PublishFooter(footer, durable);
        }

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.Complete, key, footer.Length);
            inner.Complete(footer, durable);
        }

        public void Abort() => inner.Abort();

        public void Dispose() => inner.Dispose();
    }
}
