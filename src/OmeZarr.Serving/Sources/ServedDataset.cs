using System.Diagnostics;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;

namespace OmeZarr.Serving.Sources;

/// <summary>
/// The dataset that is shown: opened when it is first asked for, and looked at anew while it grows. Any thread.
/// </summary>
internal sealed class ServedDataset(IServedSource source) : IDisposable
{
    /// <summary>Between two looks there is at least so much time, however many pages ask.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>And so many times what a look takes, which is long where many images are open.</summary>
    private const int RestsPerLook = 10;

    private readonly Lock _lock = new();
    private Dataset? _dataset;
    private long _looked;
    private TimeSpan _interval = LeastInterval;
    private bool _isDisposed;

    /// <summary>Where it comes from.</summary>
    public IServedSource Source => source;

    /// <summary>How often it was found changed.</summary>
    public long Generation { get; private set; }

    /// <summary>Whether anything may still change.</summary>
    public bool MayGrow => source.IsLive || _dataset?.Own?.IsComplete != true;

    /// <summary>The dataset as it was at the last look.</summary>
    public Dataset Get(CancellationToken cancel)
    {
        if (Volatile.Read(ref _dataset) is { } open)
            return open;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _dataset ??= source.Open(cancel);
            _looked = Stopwatch.GetTimestamp();
            return _dataset;
        }
    }

    /// <summary>The dataset as it is now, about.</summary>
    public Dataset Look(CancellationToken cancel)
    {
        var dataset = Get(cancel);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Stopwatch.GetElapsedTime(_looked) < _interval)
                return dataset;
            var begun = Stopwatch.GetTimestamp();
            try
            {
                if (dataset.Refresh(cancel))
                    Generation++;
            }
            finally
            {
                _looked = Stopwatch.GetTimestamp();
                var interval = Stopwatch.GetElapsedTime(begun, _looked) * RestsPerLook;
                _interval = interval > LeastInterval ? interval : LeastInterval;
            }
        }

        return dataset;
    }

    /// <summary>An image as it was at the last look.</summary>
    /// <exception cref="ReadingException">There is none.</exception>
    public DatasetImage Image(int image, CancellationToken cancel) => Get(cancel).Image(image, cancel);

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _dataset?.Dispose();
            _dataset = null;
        }
    }
}
