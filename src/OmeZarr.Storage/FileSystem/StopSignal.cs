namespace OmeZarr.Storage.FileSystem;

/// <summary>Ends every wait of a store: it has been told to give up, or is disposed of. Any thread.</summary>
internal sealed class StopSignal
{
    private readonly object _gate = new();
    private bool _isStopped;
    private volatile bool _isCancelled;

    public bool IsCancelled => _isCancelled;

    /// <summary>Nobody waits for results any more: what runs and what comes later fails.</summary>
    public void Cancel()
    {
        _isCancelled = true;
        Close();
    }

    /// <summary>The store ends: nothing waits any longer for others.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits, unless it has been or is being stopped. Whether the whole time has passed.</summary>
    public bool Waited(TimeSpan time)
    {
        var end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        lock (_gate)
        {
            while (!_isStopped && end - Environment.TickCount64 is var left and > 0)
                Monitor.Wait(_gate, (int)left);
            return !_isStopped;
        }
    }

    public void ThrowIfCancelled(string what)
    {
        if (_isCancelled)
            throw new StoreException(StoreErrorKind.Cancelled, $"{what}: the store has been told to give up.");
    }

    /// <summary>The same, for a name that is text only in a message.</summary>
    public void ThrowIfCancelled(ReadOnlySpan<char> what)
    {
        if (_isCancelled)
            ThrowIfCancelled(what.ToString());
    }
}
