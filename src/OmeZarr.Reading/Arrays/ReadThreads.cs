using OmeZarr.Concurrency;

namespace OmeZarr.Reading.Arrays;

/// <summary>
/// Threads that help with reads. They are started when they are needed, end by themselves when there has been nothing to do for
/// a while, and are shared by all arrays of a dataset.
/// </summary>
internal sealed class ReadThreads(int most) : IDisposable
{
    private const int IdleMs = 10_000;

    private readonly object _lock = new();
    private readonly Queue<Action> _waiting = new();
    private int _threads;
    private int _idle;
    private bool _isDisposed;

    /// <summary>Has up to <paramref name="times"/> threads do the same.</summary>
    internal void Start(int times, Action work)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var i = 0; i < times; i++)
            {
                _waiting.Enqueue(work);
                if (_waiting.Count > _idle && _threads < most)
                    StartThread();
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets threads end; does not wait for one that a store holds up.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _waiting.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    private void StartThread()
    {
        const int stackBytes = 512 << 10;
        _threads++;
        try
        {
            new Thread(Run, stackBytes) { IsBackground = true, Name = "omezarr reader" }.Start();
        }
        catch
        {
            _threads--;
            throw;
        }
    }

    private void Run()
    {
        BackgroundThread.Isolate();
        while (Next() is { } work)
            work();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            while (!_isDisposed)
            {
                if (_waiting.TryDequeue(out var work))
                    return work;
                _idle++;
                var isWoken = Monitor.Wait(_lock, IdleMs);
                _idle--;
                if (!isWoken && _waiting.Count == 0)
                    break;
            }

            _threads--;
            return null;
        }
    }
}
