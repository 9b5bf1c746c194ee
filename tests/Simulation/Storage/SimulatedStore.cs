using OmeZarr.Simulation.Scheduling;
using OmeZarr.Storage;
using OmeZarr.Stores;

namespace OmeZarr.Simulation.Storage;

/// <summary>
/// A store in memory whose operations take simulated time, get stuck, and fail. It knows at every instant what a kill would
/// leave, and what a power cut might.
/// </summary>
internal sealed class SimulatedStore(StoreConduct conduct, Chances chances) : IWritableStore
{
    private static readonly object Stuck = "a store that stands still";

    private readonly Dictionary<string, byte[]> _visible = new(Before, StringComparer.Ordinal);
    private readonly Disk _disk = new();
    private readonly HashSet<string> _unfinished = new(StringComparer.Ordinal);
    private readonly HashSet<LogicalThread> _inside = [];
    private long _room = conduct.Room;
    private int _matching;
    private bool _isCancelled;
    private bool _isCommitted;
    private bool _wasSynced;
    private long _begun;

    public int WriteAlignment => conduct.WriteAlignment;

    /// <summary>Operations that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Operations that got stuck.</summary>
    public int StoodStill { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether the new dataset is committed.</summary>
    public bool IsCommitted => _isCommitted;

    /// <summary>Whether the new dataset survives a power cut.</summary>
    public bool IsDurable { get; private set; }

    /// <summary>Whether that was already so at the commit.</summary>
    public bool BeganDurably { get; private set; }

    /// <summary>Publications that did not take place.</summary>
    public int Unpublished { get; private set; }

    /// <summary>Called with the key whenever what readers see has changed.</summary>
    public Action<string>? Changed { get; set; }

    /// <summary>Called when the power may be cut: between what readers see and what is durable, and after.</summary>
    public Action? MayLosePower { get; set; }

    /// <summary>What a power cut leaves.</summary>
    public Disk Disk => _disk;

    /// <summary>What a reader sees now; the bytes of an object never change.</summary>
    public IReadOnlyDictionary<string, byte[]> Visible => _visible;

    /// <summary>Whether a thread is within an operation.</summary>
    public bool IsInside(LogicalThread thread) => _inside.Contains(thread);

    /// <summary>
    /// The previous content, which stays until the new dataset is committed; no dataset of the runs uses its names.
    /// </summary>
    public static IReadOnlyDictionary<string, byte[]> Before { get; } = new Dictionary<string, byte[]> { ["before"] = [1] };

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        Pass(StoreOperation.Begin, "", 0);
        _visible.Clear();
        foreach (var (key, value) in first)
            _begun = Show(key, value.ToArray(), durable: false);
    }

    public bool TryResume() => false;

    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        var name = key.ToString();
        var failsLate = Pass(StoreOperation.Put, name, MemoryRange.Total(value));
        // Read as late as a store may: memory that is returned too early is noticed.
        var version = Show(name, MemoryRange.Joined(value), durable);
        Linger(StoreOperation.Put, name, failsLate);
        Confirm(name, version, durable);
    }

    public byte[]? Get(string key, int mostBytes, CancellationToken cancel)
    {
        Scheduler.Point();
        return _visible.TryGetValue(key, out var value) ? [.. value] : null;
    }

    public unsafe long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel)
    {
        Scheduler.Point();
        if (!_visible.TryGetValue(key.ToString(), out var value))
            return null;
        foreach (var range in ranges)
        {
            var (offset, bytes) = range.Within(value.Length);
            // SAFETY: the caller vouches for the memory, of which this is the first part.
            value.AsSpan((int)offset, (int)bytes).CopyTo(new Span<byte>((void*)range.Into.First, (int)bytes));
        }

        return value.Length;
    }

    public IObjectWriter Create(string key, long maxDataBytes, int footerBytes = 0)
    {
        Pass(StoreOperation.Create, key, 0);
        if (_visible.ContainsKey(key) || !_unfinished.Add(key))
            Scheduler.Current!.Scheduler.Fail(Rules.Answers, $"{key} was created twice");
        return new Writer(this, key);
    }

    public void Sync()
    {
        // What becomes visible while this runs may be left out.
        var newest = _disk.Newest;
        var failsLate = Pass(StoreOperation.Sync, "", 0);
        Linger(StoreOperation.Sync, "", failsLate);
        _disk.ConfirmAll(newest);
        (_wasSynced, IsDurable) = (true, _isCommitted);
        MayLosePower?.Invoke();
    }

    /// <summary>Not known.</summary>
    public long? FreeBytes() => null;

    /// <inheritdoc/>
    public void Cancel()
    {
        _isCancelled = true;
        if (Scheduler.Current is { } me)
            me.Scheduler.WakeAll(Stuck);
        Scheduler.Point();
    }

    public void CheckRoot()
    {
    }

    public void Commit()
    {
        Pass(StoreOperation.Commit, "", 0);
        // The name of the dataset is as durable as its content.
        var isWhole = _wasSynced && _disk.IsConfirmed(_begun);
        _isCommitted = true;
        Linger(StoreOperation.Commit, "");
        IsDurable |= isWhole;
        BeganDurably = IsDurable;
    }

    public void Dispose()
    {
        if (IsDisposed)
            Scheduler.Current?.Scheduler.Fail(Rules.Memory, "the store was disposed of twice");
        IsDisposed = true;
        if (_isCommitted)
            return;
        _visible.Clear();
        foreach (var (key, value) in Before)
            _visible[key] = value;
    }

    private long Show(string key, byte[] value, bool durable, bool isOpen = false)
    {
        _visible[key] = value;
        var version = _disk.Show(key, value, isWhole: durable, isOpen);
        Changed?.Invoke(key);
        MayLosePower?.Invoke();
        return version;
    }

    // Its name is durable as well, and at the first such request that of the dataset.
    private void Confirm(string key, long version, bool durable)
    {
        if (!durable)
            return;
        Scheduler.Point();
        _disk.Confirm(key, version);
        (_wasSynced, IsDurable) = (true, _isCommitted);
        MayLosePower?.Invoke();
    }

    // Returns whether it fails after it has been done.
    private bool Pass(StoreOperation operation, string key, long bytes)
    {
        if (Scheduler.Current is not { } me)
            return false;
        if (IsDisposed)
            me.Scheduler.Fail(Rules.Memory, $"{operation} {key} after the store was disposed of");
        _inside.Add(me);
        try
        {
            me.Scheduler.Note($"{operation} {key}, {bytes} bytes");
            me.Scheduler.LastSeenAt = me.Scheduler.Now;
            Scheduler.Point();
            TakeTime(me, operation, key);
            if (_isCancelled)
                throw Failure(operation, key, StoreErrorKind.Io, "the store was told to give up");
            var failsLate = Fails(operation, key, bytes);
            _room -= bytes;
            return failsLate;
        }
        finally
        {
            _inside.Remove(me);
        }
    }

    // The effect takes place before the caller learns of it, and the caller may be told that it failed.
    private void Linger(StoreOperation operation, string key, bool failsLate = false)
    {
        if (Scheduler.Current is not { } me)
            return;
        if (failsLate)
        {
            throw Failure(operation, key, conduct.Kind, "it was made to fail when it had been done");
        }

        if (!chances.OneIn(4))
            return;
        _inside.Add(me);
        TakeTime(me, operation, key);
        _inside.Remove(me);
    }

    // A store need not show unfinished objects each time.
    private bool Omits()
    {
        if (conduct.OneUnpublishedIn == 0 || !chances.OneIn(conduct.OneUnpublishedIn))
            return false;
        Unpublished++;
        return true;
    }

    private void TakeTime(LogicalThread me, StoreOperation operation, string key)
    {
        if (conduct.OneStuckIn > 0 && chances.OneIn(conduct.OneStuckIn) && !_isCancelled)
        {
            StoodStill++;
            me.Scheduler.WaitFor(me, Stuck, me.Scheduler.Now + conduct.StuckNs);
        }
        else if (conduct.LongestNs > 0)
        {
            Scheduler.Sleep(chances.Spread(1000, conduct.LongestNs), $"{operation} {key}");
        }
    }

    private bool Fails(StoreOperation operation, string key, long bytes)
    {
        if (bytes > _room)
            throw Failure(operation, key, StoreErrorKind.NoSpace, $"there is room for {_room} bytes");
        if (conduct.FailsFrom < 0 || !conduct.Failing.HasFlag(operation)
            || !key.EndsWith(conduct.FailingKey, StringComparison.Ordinal))
            return false;
        var number = _matching++ - conduct.FailsFrom;
        if (number < 0 || number >= conduct.Failures)
            return false;
        return conduct.FailsLate && StoreConduct.Late.HasFlag(operation)
            ? true
            : throw Failure(operation, key, conduct.Kind, "it was made to fail");
    }

    private StoreException Failure(StoreOperation operation, string key, StoreErrorKind kind, string why)
    {
        Failures++;
        Scheduler.Current!.Scheduler.Note($"{operation} {key} fails: {why}");
        return new StoreException(kind, $"{operation} of {key}: {why}");
    }

    private sealed class Writer(SimulatedStore store, string key) : IObjectWriter
    {
        private byte[] _data = [];
        private int _length;
        private bool _isClosed;

        public long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass(StoreOperation.Append, key, MemoryRange.Total(ranges));
            var at = Add(MemoryRange.Joined(ranges));
            store.Linger(StoreOperation.Append, key);
            return at;
        }

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            var bytes = footer.ToArray();
            var failsLate = store.Pass(StoreOperation.PublishFooter, key, 0);
            if (!failsLate && store.Omits())
                return false;
            Show(bytes, durable, failsLate, StoreOperation.PublishFooter);
            return true;
        }

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            var bytes = footer.ToArray();
            var failsLate = store.Pass(StoreOperation.Complete, key, 0);
            Close();
            Show(bytes, durable, failsLate, StoreOperation.Complete);
        }

        public void Abort() => _isClosed = true;

        public void Dispose() => _isClosed = true;

        private void Close()
        {
            if (_isClosed)
                Scheduler.Current!.Scheduler.Fail(Rules.Answers, $"{key} was completed after its end");
            _isClosed = true;
        }

        private void Show(byte[] footer, bool durable, bool failsLate, StoreOperation operation)
        {
            store._unfinished.Remove(key);
            var isOpen = operation == StoreOperation.PublishFooter;
            var version = store.Show(key, [.. _data.AsSpan(0, _length), .. footer], durable, isOpen);
            store.Linger(operation, key, failsLate);
            store.Confirm(key, version, durable);
        }

        private long Add(ReadOnlySpan<byte> bytes)
        {
            if (_isClosed)
                Scheduler.Current!.Scheduler.Fail(Rules.Answers, $"{key} was appended to after its end");
            if (_length + bytes.Length > _data.Length)
                Array.Resize(ref _data, 2 * (_length + bytes.Length));
            bytes.CopyTo(_data.AsSpan(_length));
            _length += bytes.Length;
            return _length - bytes.Length;
        }
    }
}
