namespace OmeZarr.Memory;

/// <summary>
/// Frames that stay in the caller's memory until they are encoded. Each has a token of the caller's, which comes back
/// exactly once: through <see cref="TryTakeReleased"/>. A frame counts as borrowed until its token was taken, so that
/// the number of frames bounds the queue of released ones too. No locks; allocates nothing after construction.
/// </summary>
public sealed class BorrowedFrames
{
    private readonly SlotStack? _free;
    private readonly ulong[] _tokens;
    private readonly BoundedQueue<int> _released;
    private int _held;

    /// <param name="limit">The most frames borrowed at once; 0 for none.</param>
    public BorrowedFrames(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
        _free = limit == 0 ? null : new SlotStack(limit);
        _tokens = new ulong[limit];
        _released = new BoundedQueue<int>(Math.Max(1, limit));
    }

    public int Limit { get; }

    /// <summary>Frames borrowed or released whose token has not been taken yet.</summary>
    public int Outstanding => Limit - (_free?.Count ?? 0);

    /// <summary>Frames borrowed and not released yet.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Woken each time a frame is released.</summary>
    public EventCount FrameReleased { get; } = new();

    /// <summary>Woken each time a token is taken, which makes room for another frame.</summary>
    public EventCount RoomMade { get; } = new();

    /// <summary>
    /// Told of each released token on the thread that released it, instead of the queue. Set before the first frame.
    /// </summary>
    public Action<ulong>? OnReleased { get; set; }

    /// <summary>Whether no released frame waits to be taken.</summary>
    public bool IsDrained => _released.IsEmpty;

    /// <summary>Makes room for a frame, or returns false at once when the limit is reached.</summary>
    public bool TryBorrow(ulong token, out int number)
    {
        number = -1;
        if (_free is null || !_free.TryPop(out number))
            return false;
        Interlocked.Increment(ref _held);
        _tokens[number] = token;
        return true;
    }

    /// <summary>Withdraws a frame that was not handed on: its token does not come back.</summary>
    public void Withdraw(int number)
    {
        Interlocked.Decrement(ref _held);
        GiveBack(number);
    }

    /// <summary>Releases a frame that nobody reads any more; once for each.</summary>
    public void Release(int number)
    {
        Interlocked.Decrement(ref _held);
        if (OnReleased is { } onReleased)
        {
            var token = _tokens[number];
            GiveBack(number);
            onReleased(token);
            return;
        }

        // Never full: a number is in the queue at most once, and there are as many places as numbers.
        var queued = _released.TryEnqueue(number);
        System.Diagnostics.Debug.Assert(queued, "a borrowed frame was released twice");
        FrameReleased.Notify();
    }

    /// <summary>Takes the token of a released frame, or returns false at once when there is none.</summary>
    public bool TryTakeReleased(out ulong token)
    {
        token = 0;
        if (!_released.TryDequeue(out var number))
            return false;
        token = _tokens[number];
        GiveBack(number);
        return true;
    }

    private void GiveBack(int number)
    {
        _free!.Push(number);
        RoomMade.Notify();
    }
}
