using OmeZarr.Simulation.Scheduling;
using OmeZarr.Storage;

namespace OmeZarr.Simulation.Storage;

/// <summary>
/// A store in memory whose operations take the run's time, stand still, and fail. It knows at every instant what a kill would leave.
/// </summary>
internal sealed class SimulatedStore(StoreConduct conduct, Chances chances) : IStore
{
    private static readonly object Stuck = "a store that stands still";

    private readonly Dictionary<string, byte[]> _visible = new(Before, StringComparer.Ordinal);
    private readonly HashSet<string> _unfinished = new(StringComparer.Ordinal);
    private readonly HashSet<LogicalThread> _inside = [];
    private long _room = conduct.Room;
    private int _operations;
    private int _matching;
    private bool _isCancelled;
    private bool _isCommitted;

    public int WriteAlignment => conduct.WriteAlignment;

    /// <summary>Operations that failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Operations that stood still.</summary>
    public int StoodStill { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether the new dataset stands.</summary>
    public bool IsCommitted => _isCommitted;

    /// <summary>Told the key whenever what readers see has changed.</summary>
    public Action<string>? Changed { get; set; }

    /// <summary>What a reader sees now; the bytes of an object never change.</summary>
    public IReadOnlyDictionary<string, byte[]> Visible => _visible;

    /// <summary>Whether a thread is within an operation.</summary>
    public bool IsInside(LogicalThread thread) => _inside.Contains(thread);

    /// <summary>What was there before, which stays until the new dataset stands; its names are none of a dataset's of the runs.</summary>
    public static IReadOnlyDictionary<string, byte[]> Before { get; } = new Dictionary<string, byte[]> { ["before"] = [1] };

    public void Begin(bool overwrite, params IReadOnlyList<StoredObject> first)
    {
        Pass(StoreOperations.Begin, "", 0);
        _visible.Clear();
        foreach (var (key, value) in first)
            Show(key, value.ToArray());
    }

    public void Put(string key, ReadOnlySpan<byte> value, bool durable)
    {
        var bytes = value.ToArray();
        Pass(StoreOperations.Put, key, bytes.Length);
        Show(key, bytes);
        Linger(StoreOperations.Put, key);
    }

    public void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
    {
        var name = key.ToString();
        Pass(StoreOperations.Put, name, MemoryRange.Total(value));
        // Read as late as a store may: memory that is given back before is seen to be.
        Show(name, MemoryRange.Joined(value));
        Linger(StoreOperations.Put, name);
    }

    public byte[]? Get(string key)
    {
        Scheduler.Point();
        return _visible.TryGetValue(key, out var value) ? [.. value] : null;
    }

    public IObjectWriter Create(string key, long maxDataBytes)
    {
        Pass(StoreOperations.Create, key, 0);
        if (_visible.ContainsKey(key) || !_unfinished.Add(key))
            Scheduler.Current!.Scheduler.Fail(Rules.Answers, $"{key} was created twice");
        return new Writer(this, key);
    }

    public void Sync()
    {
        Pass(StoreOperations.Sync, "", 0);
        Linger(StoreOperations.Sync, "");
    }

    /// <inheritdoc/>
    public void Cancel()
    {
        _isCancelled = true;
        if (Scheduler.Current is { } me)
            me.Scheduler.WakeAll(Stuck);
        Scheduler.Point();
    }

    public void Commit()
    {
        Pass(StoreOperations.Commit, "", 0);
        _isCommitted = true;
        Linger(StoreOperations.Commit, "");
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

    private void Show(string key, byte[] value)
    {
        _visible[key] = value;
        Changed?.Invoke(key);
    }

    private void Pass(StoreOperations operation, string key, long bytes)
    {
        if (Scheduler.Current is not { } me)
            return;
        if (IsDisposed)
            me.Scheduler.Fail(Rules.Memory, $"{operation} {key} after the store was disposed of");
        _inside.Add(me);
        try
        {
            me.Scheduler.Note($"{operation} {key}, {bytes} bytes");
            me.Scheduler.LastSeenAt = me.Scheduler.Now;
            _operations++;
            Scheduler.Point();
            TakeTime(me, operation, key);
            if (_isCancelled)
                throw Failure(operation, key, StoreErrorKind.Io, "the store was told to give up");
            Fail(operation, key, bytes);
            _room -= bytes;
        }
        finally
        {
            _inside.Remove(me);
        }
    }

    // What was done takes effect before the caller learns of it.
    private void Linger(StoreOperations operation, string key)
    {
        if (Scheduler.Current is not { } me || !chances.OneIn(4))
            return;
        _inside.Add(me);
        TakeTime(me, operation, key);
        _inside.Remove(me);
    }

    private void TakeTime(LogicalThread me, StoreOperations operation, string key)
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

    private void Fail(StoreOperations operation, string key, long bytes)
    {
        if (bytes > _room)
            throw Failure(operation, key, StoreErrorKind.NoSpace, $"there is room for {_room} bytes");
        if (conduct.FailsFrom < 0 || !conduct.Failing.HasFlag(operation))
            return;
        var number = _matching++ - conduct.FailsFrom;
        if (number >= 0 && number < conduct.Failures)
            throw Failure(operation, key, conduct.Kind, "it was made to fail");
    }

    private StoreException Failure(StoreOperations operation, string key, StoreErrorKind kind, string why)
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

        public long Append(ReadOnlySpan<byte> data)
        {
            var bytes = data.ToArray();
            store.Pass(StoreOperations.Append, key, bytes.Length);
            return Add(bytes);
        }

        public long Append(ReadOnlySpan<MemoryRange> ranges)
        {
            store.Pass(StoreOperations.Append, key, MemoryRange.Total(ranges));
            var at = Add(MemoryRange.Joined(ranges));
            store.Linger(StoreOperations.Append, key);
            return at;
        }

        public bool PublishFooter(ReadOnlySpan<byte> footer, bool durable)
        {
            var bytes = footer.ToArray();
            store.Pass(StoreOperations.PublishFooter, key, 0);
            Show(bytes);
            store.Linger(StoreOperations.PublishFooter, key);
            return true;
        }

        public void Complete(ReadOnlySpan<byte> footer, bool durable)
        {
            var bytes = footer.ToArray();
            store.Pass(StoreOperations.Complete, key, 0);
            Close();
            Show(bytes);
            store.Linger(StoreOperations.Complete, key);
        }

        public void Abort() => _isClosed = true;

        public void Dispose() => _isClosed = true;

        private void Close()
        {
            if (_isClosed)
                Scheduler.Current!.Scheduler.Fail(Rules.Answers, $"{key} was completed after its end");
            _isClosed = true;
        }

        private void Show(ReadOnlySpan<byte> footer)
        {
            store._unfinished.Remove(key);
            store.Show(key, [.. _data.AsSpan(0, _length), .. footer]);
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
