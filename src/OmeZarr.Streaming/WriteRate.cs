namespace OmeZarr.Streaming;

/// <summary>Bytes a second over the last ten seconds or so. One thread at a time.</summary>
internal sealed class WriteRate
{
    private const int MostSamples = 11;

    private readonly Queue<(TimeSpan At, long Bytes)> _samples = new(MostSamples);

    /// <summary>
    /// Records how many bytes were written until a point in time; the caller's samples are about a second apart.
    /// </summary>
    public void Add(TimeSpan at, long bytes)
    {
        if (_samples.Count == MostSamples)
            _samples.Dequeue();
        _samples.Enqueue((at, bytes));
        var (firstAt, firstBytes) = _samples.Peek();
        PerSecond = at > firstAt ? (bytes - firstBytes) / (at - firstAt).TotalSeconds : 0;
    }

    /// <summary>0 while nothing is written, and before there are two samples.</summary>
    public double PerSecond { get; private set; }
}
