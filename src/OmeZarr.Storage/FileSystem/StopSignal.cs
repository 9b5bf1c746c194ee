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

    /// <summary>
    /// Waits, unless it has been or is being stopped, or the token cancelled. Whether the whole time has passed.
    /// </summary>
    public bool Waited(TimeSpan time, CancellationToken cancel = default)
    {
        var end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        // Neither made nor given up under the gate: the callback takes it, and giving up waits for a callback that runs.
        using var registration = cancel.UnsafeRegister(static signal => ((StopSignal)signal!).Wake(), this);
        lock (_gate)
        {
            // Under the gate, like waking: no cancelling falls between this and the wait.
            while (!_isStopped && !cancel.IsCancellationRequested && end - Environment.TickCount64 is var left and > 0)
                Monitor.Wait(_gate, (int)left);
            return !_isStopped && !cancel.IsCancellationRequested;
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

    /// <summary>The same, and for a call that was given up by itself.</summary>
    public void ThrowIfCancelled(ReadOnlySpan<char> what, CancellationToken cancel)
    {
        ThrowIfCancelled(what);
        if (cancel.IsCancellationRequested)
            throw new StoreException(StoreErrorKind.Cancelled, $"{what.ToString()}: the call was given up.");
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
