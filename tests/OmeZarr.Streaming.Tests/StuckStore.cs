using System.Text.RegularExpressions;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Streaming.Tests;

/// <summary>
/// A store in memory of which one operation gets stuck: the first of a kind whose key matches (once the dataset has begun,
/// unless it is the beginning itself) does not return until <see cref="Release"/>. All others go on. Tells what became of the
/// beginning.
/// </summary>
internal sealed class StuckStore(StoreOperation operation, string keyPattern = "") : IWritableStore
{
    private readonly ManualResetEventSlim _released = new();
    private readonly Regex _pattern = new(keyPattern);
    private int _stuck;

    public MemoryStore Memory { get; } = new();

    /// <summary>Set once an operation is stuck.</summary>
    public ManualResetEventSlim IsStuck { get; } = new();

    public bool IsCommitted { get; private set; }

    /// <summary>Set once the session has given the store up.</summary>
    public ManualResetEventSlim IsDisposed { get; } = new();

    public bool IsCancelled { get; private set; }

    public void Release() => _released.Set();

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        Pass(StoreOperation.Begin, "");
        Memory.Begin(overwrite, first);
    }

    public bool TryResume() => Memory.TryResume();

    /// <summary>Whether the dataset cannot take its place.</summary>
    public bool CommitFails { get; init; }

    public void Commit()
    {
        Pass(StoreOperation.Commit, "");
        if (CommitFails)
            throw new StoreException(StoreErrorKind.Io, "it was made to fail");
        IsCommitted = true;
    }

    // As a system call would, the operation goes on.
    public long? FreeBytes() => null;

    public void Cancel() => IsCancelled = true;

    public int WriteAlignment => Memory.WriteAlignment;

    public void CheckRoot() => Memory.CheckRoot();

    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        Pass(StoreOperation.Put, key);
        Memory.Put(key, value, durable);
    }

    public byte[]? Get(string key, int mostBytes, CancellationToken cancel) => Memory.Get(key, mostBytes, cancel);

    public long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel) =>
        Memory.Read(key, ranges, cancel);

    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Pass(StoreOperation.Create, key);
        return new Writer(this, key, Memory.Create(key, maxDataBytes, footerBytes));
    }

    public void Sync() => Pass(StoreOperation.Sync, "");

    public void Dispose()
    {
        Memory.Dispose();
        IsDisposed.Set();
    }

    private void Pass(StoreOperation at, ReadOnlySpan<char> key)
    {
        var counts = at == operation
            && (IsCommitted || at is StoreOperation.Begin or StoreOperation.Commit)
            && _pattern.IsMatch(key);
        if (!counts || Interlocked.Exchange(ref _stuck, 1) != 0)
            return;
        IsStuck.Set();
        _released.Wait();
    }

    private sealed class Writer(StuckStore store, string key, IObjectWriter inner) : ForwardingWriter(inner)
    {
        public override long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass(StoreOperation.Append, key);
            return base.Append(ranges);
        }

        public override bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.PublishFooter, key);
            return base.PublishFooter(footer, durable);
        }

        public override void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            store.Pass(StoreOperation.Complete, key);
            base.Complete(footer, durable);
        }
    }
}
