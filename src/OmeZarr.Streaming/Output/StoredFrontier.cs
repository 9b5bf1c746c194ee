namespace OmeZarr.Streaming.Output;

/// <summary>
/// The frame of a camera before which readers find everything: with it an acquisition can go on. Of the chunk rows that are not
/// stored yet, those of full resolution hold it back to their first frame; those of other levels to their last, since what is
/// incomplete there is made anew from full resolution. Any thread.
/// </summary>
internal sealed class StoredFrontier
{
    private readonly Lock _lock = new();

    // A chunk row is in both once it is stored; the pairs are dropped where they come first. Neither allocates once it has grown.
    private readonly PriorityQueue<long, long> _opened = new();
    private readonly PriorityQueue<long, long> _stored = new();
    private long _lost = long.MaxValue;

    /// <summary>The first frame that is held back; the largest number for none.</summary>
    public long First
    {
        get
        {
            lock (_lock)
                return Math.Min(_lost, _opened.TryPeek(out _, out var first) ? first : long.MaxValue);
        }
    }

    /// <summary>Records that a chunk row is waited for.</summary>
    public void Open(long bound)
    {
        lock (_lock)
            _opened.Enqueue(bound, bound);
    }

    /// <summary>Records that readers find a chunk row.</summary>
    public void Store(long bound)
    {
        lock (_lock)
        {
            _stored.Enqueue(bound, bound);
            while (_stored.TryPeek(out _, out var stored) && _opened.Peek() == stored)
            {
                _stored.Dequeue();
                _opened.Dequeue();
            }
        }
    }

    /// <summary>Records a frame that was given up before it reached a chunk row.</summary>
    public void Lose(long frame)
    {
        lock (_lock)
            _lost = Math.Min(_lost, frame);
    }
}
