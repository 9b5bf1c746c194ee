using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OmeZarr.Memory;

namespace OmeZarr.Concurrency;

/// <summary>
/// Frames that stay in the caller's memory until they are encoded. Each has a token chosen by the caller, which comes back
/// exactly once: through <see cref="TryTakeReleased"/>. A released frame makes room for another at once, whether or not its token
/// has been taken, so a caller that takes tokens on the appending thread does not wait for itself. Only a caller that leaves very
/// many tokens untaken waits. Lock-free; allocates nothing after construction, and a stream that borrows nothing never touches
/// the memory for tokens.
/// </summary>
/// <remarks>
/// Each frame has a word that says whether it is held. Releasing the frame exchanges it, so that a second release is noticed and
/// the end can release what a failure has left behind. Tokens can be taken also after the stream's end: the memory goes with the
/// last reference.
/// </remarks>
[SkipLocalsInit]
[SuppressMessage("Design", "CA1001", Justification =
    "A caller may still poll for tokens, which uses the tables after the end: they go with the last reference.")]
public sealed class BorrowedFrames
{
    /// <summary>The most tokens that wait to be taken.</summary>
    public const int MaxUntaken = 1 << 14;

    private readonly SlotStack? _free;
    private readonly FixedTable<ulong> _tokens;
    private readonly FixedTable<int> _isHeld;
    private readonly BoundedQueue<ulong> _released;
    private long _held;
    private long _outstanding;
    private volatile bool _hasEnded;

    /// <param name="limit">The most frames borrowed at once; 0 for none.</param>
    public BorrowedFrames(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
        _free = limit == 0 ? null : new SlotStack(limit);
        _tokens = new FixedTable<ulong>(limit);
        _isHeld = new FixedTable<int>(limit);
        _released = new BoundedQueue<ulong>(limit == 0 ? 1 : MaxUntaken);
    }

    public int Limit { get; }

    /// <summary>Frames borrowed or released whose token has not been taken yet.</summary>
    public int Outstanding => (int)Volatile.Read(ref _outstanding);

    /// <summary>Frames borrowed and not released yet.</summary>
    public int Held => (int)Volatile.Read(ref _held);

    /// <summary>Notified each time a frame is released.</summary>
    public EventCount FrameReleased { get; } = new();

    /// <summary>Notified each time there is room for another frame.</summary>
    public EventCount RoomMade { get; } = new();

    /// <summary>
    /// Called with each released token on the thread that released it, instead of the queue. Set before the first frame.
    /// </summary>
    public Action<ulong>? OnReleased { get; set; }

    /// <summary>Whether no released frame waits to be taken.</summary>
    public bool IsDrained
    {
        get
        {
            var isEmpty = _released.IsEmpty;
            GC.KeepAlive(this);
            return isEmpty;
        }
    }

    /// <summary>Whether no further frame will be released; those released before may still wait to be taken.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Reserves room for a frame, or returns false at once when the limit is reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBorrow(ulong token, out int number)
    {
        number = -1;
        if (Interlocked.Increment(ref _outstanding) > MaxUntaken || _free is null || !_free.TryPop(out number))
        {
            Interlocked.Decrement(ref _outstanding);
            return false;
        }

        Interlocked.Increment(ref _held);
        _tokens[number] = token;
        // Release: a thread that finds it held also finds its token.
        Volatile.Write(ref _isHeld[number], 1);
        return true;
    }

    /// <summary>Withdraws a frame that was not published: its token does not come back.</summary>
    public void Withdraw(int number)
    {
        if (!TryEndHold(number))
            throw ReleasedTwice(number);
        _ = MakeRoom(number);
        Taken();
    }

    /// <summary>Releases a frame that nobody reads any more; once for each.</summary>
    /// <exception cref="InvariantException">It is not held; a defect of the caller.</exception>
    public void Release(int number)
    {
        if (!TryEndHold(number))
            throw ReleasedTwice(number);
        GiveBack(number);
    }

    /// <summary>
    /// Releases every frame that is still held, and tells whoever waits for a token that no more will come. Once no thread reads
    /// frames or borrows any.
    /// </summary>
    public void End()
    {
        for (var number = 0; number < Limit; number++)
        {
            if (TryEndHold(number))
                GiveBack(number);
        }

        _hasEnded = true;
        FrameReleased.Notify();
    }

    private bool TryEndHold(int number) => Interlocked.Exchange(ref _isHeld[number], 0) != 0;

    private static InvariantException ReleasedTwice(int number) => new($"borrowed frame {number} was released twice");

    private void GiveBack(int number)
    {
        if (OnReleased is { } onReleased)
        {
            var token = MakeRoom(number);
            Taken();
            onReleased(token);
            return;
        }

        // Queued before there is room for another frame. The queue has a cell for every outstanding token. But a thread that
        // takes a token may be interrupted with the cell half cleared while others continue: wait for it, or the token would be
        // lost.
        for (var wait = default(SpinWait); !_released.TryEnqueue(_tokens[number]);)
            wait.SpinOnce();
        _ = MakeRoom(number);
        FrameReleased.Notify();
    }

    /// <summary>Takes the token of a released frame, or returns false at once when there is none.</summary>
    public bool TryTakeReleased(out ulong token)
    {
        if (!_released.TryDequeue(out token))
        {
            token = 0;
            GC.KeepAlive(this);
            return false;
        }

        Taken();
        return true;
    }

    /// <summary>The most memory that it takes, in bytes.</summary>
    public static long BytesFor(int limit) =>
        FixedTable.BytesFor<ulong>(limit) + FixedTable.BytesFor<int>(limit)
            + FixedTable.BytesFor<(long Turn, ulong Token)>(MaxUntaken);

    private ulong MakeRoom(int number)
    {
        var token = _tokens[number];
        Interlocked.Decrement(ref _held);
        _free!.Push(number);
        RoomMade.Notify();
        return token;
    }

    private void Taken()
    {
        Interlocked.Decrement(ref _outstanding);
        RoomMade.Notify();
    }
}
