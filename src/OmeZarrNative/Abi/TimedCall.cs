using OmeZarr.Concurrency;

namespace OmeZarrNative.Abi;

/// <summary>
/// Runs what waits for a store on a thread of its own when a caller has a time-out: a store may hold up a call for ever, and the
/// caller must not be in it.
/// </summary>
internal static class TimedCall
{
    /// <summary>The result, or a time-out; then the call is told to give up, and what it still makes is disposed of.</summary>
    /// <param name="timeoutMs">-1: without a time-out the call is made on the caller's own thread.</param>
    /// <param name="what">For the message.</param>
    /// <param name="call">Gets the token that tells it to give up.</param>
    /// <exception cref="TimeoutException">The time-out has passed.</exception>
    public static T Run<T>(int timeoutMs, string what, Func<CancellationToken, T> call)
    {
        Check(timeoutMs);
        if (timeoutMs < 0)
            return call(CancellationToken.None);
        var running = new Running<T>(call);
        running.Start();
        if (!running.Wait(timeoutMs))
            throw new TimeoutException($"{what} took more than {timeoutMs} ms");
        using (running)
            return running.Result();
    }

    /// <summary>Refuses what is no time-out.</summary>
    public static void Check(int timeoutMs)
    {
        if (timeoutMs < -1)
            AbiException.Throw(Status.InvalidArgument, $"timeout_ms is {timeoutMs}; -1 waits for ever, 0 only looks");
    }

    /// <summary>A call on its way. Who comes last disposes of it: the caller, or the thread that the caller gave up.</summary>
    private sealed class Running<T>(Func<CancellationToken, T> call) : IDisposable
    {
        private readonly object _lock = new();
        private readonly CancellationTokenSource _stop = new();
        private T? _result;
        private Exception? _failure;
        private bool _isDone;
        private bool _isGivenUp;

        internal void Start()
        {
            const int stackBytes = 512 << 10;
            new Thread(Run, stackBytes) { IsBackground = true, Name = "omezarr call" }.Start();
        }

        internal bool Wait(int timeoutMs)
        {
            var deadline = Deadline.After(timeoutMs);
            lock (_lock)
            {
                while (!_isDone)
                {
                    if (deadline.RemainingMs is 0)
                    {
                        _isGivenUp = true;
                        _stop.Cancel();
                        return false;
                    }

                    Monitor.Wait(_lock, deadline.RemainingMs);
                }
            }

            return true;
        }

        internal T Result()
        {
            if (_failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
            return _result!;
        }

        public void Dispose() => _stop.Dispose();

        private void Run()
        {
            BackgroundThread.Isolate();
            T? result = default;
            Exception? failure = null;
            try
            {
                result = call(_stop.Token);
            }
            catch (Exception e)
            {
                failure = e;
            }

            lock (_lock)
            {
                (_result, _failure, _isDone) = (result, failure, true);
                Monitor.PulseAll(_lock);
                if (!_isGivenUp)
                    return;
            }

            (result as IDisposable)?.Dispose();
            Dispose();
        }
    }
}
