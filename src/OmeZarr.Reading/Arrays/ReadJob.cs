using OmeZarr.Concurrency;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// One read, shared by any number of threads: each takes batches of chunks until none is left. It ends when the last of them has
/// left it, or when its owner gives it up; after that nobody touches the owner's memory.
/// </summary>
internal sealed class ReadJob : IDisposable
{
    private readonly object _lock = new();
    private readonly IEnumerator<IReadOnlyList<ChunkRef>> _batches;
    private readonly Action<ReadJob> _body;
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;
    private int _inside;
    private int _writing;
    private bool _isExhausted;
    private bool _isGivenUp;

    /// <param name="batches">The chunks; enumerated by one thread at a time.</param>
    /// <param name="body">What a thread does: it takes batches (<see cref="Take"/>) until there is none.</param>
    /// <param name="cancel">The caller's.</param>
    internal ReadJob(IEnumerable<IReadOnlyList<ChunkRef>> batches, Action<ReadJob> body, CancellationToken cancel)
    {
        _batches = batches.GetEnumerator();
        _body = body;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Token = _stop.Token;
    }

    /// <summary>Cancelled when the job has failed or was given up.</summary>
    internal CancellationToken Token { get; }

    /// <summary>Works until nothing is left. Throws nothing: the first failure is kept for the owner.</summary>
    internal void Work()
    {
        lock (_lock)
        {
            if (_isExhausted)
                return;
            _inside++;
        }

        try
        {
            _body(this);
        }
        catch (Exception e)
        {
            Fail(e);
        }

        lock (_lock)
        {
            _inside--;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The next chunks, or null when there are none left.</summary>
    internal IReadOnlyList<ChunkRef>? Take()
    {
        lock (_lock)
        {
            if (!_isExhausted && _batches.MoveNext())
                return _batches.Current;
            _isExhausted = true;
            return null;
        }
    }

    /// <summary>
    /// Whether the owner's memory may be written to until <see cref="EndWrite"/>; false when it has given up. Between the two
    /// nothing may wait for a store.
    /// </summary>
    internal bool TryBeginWrite()
    {
        lock (_lock)
        {
            if (_isGivenUp)
                return false;
            _writing++;
            return true;
        }
    }

    internal void EndWrite()
    {
        lock (_lock)
        {
            _writing--;
            if (_isGivenUp)
                Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until all is done; false when the time is up, and then the job is given up.</summary>
    internal bool Wait(Deadline deadline)
    {
        lock (_lock)
        {
            while (!_isExhausted || _inside > 0)
            {
                var left = deadline.RemainingMs;
                if (left == 0)
                {
                    GiveUp();
                    return false;
                }

                Monitor.Wait(_lock, left);
            }
        }

        return true;
    }

    /// <summary>Throws what made the first thread fail.</summary>
    internal void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    public void Dispose()
    {
        _batches.Dispose();
        _stop.Dispose();
    }

    private void Fail(Exception failure)
    {
        lock (_lock)
        {
            // What others meet because of it says nothing.
            _failure ??= failure;
            _isExhausted = true;
        }

        _stop.Cancel();
    }

    private void GiveUp()
    {
        _isGivenUp = true;
        _isExhausted = true;
        _stop.Cancel();
        // Whoever writes is computing, and soon done.
        while (_writing > 0)
            Monitor.Wait(_lock);
    }
}
