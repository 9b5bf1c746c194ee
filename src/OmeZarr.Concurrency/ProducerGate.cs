using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// Admits producers, one at a time or many, until it is closed; the closer waits until the last one has left. One word: the
/// number of threads inside, whether an exclusive producer is inside, and whether the gate is closed.
/// </summary>
[SkipLocalsInit]
public sealed class ProducerGate(bool exclusive)
{
    private const long Inside = 1;
    private const long Exclusive = 1L << 32;
    private const long Closed = 1L << 40;

    private readonly EventCount _emptied = new();
    private long _state;

    public bool IsClosed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Volatile.Read(ref _state) & Closed) != 0;
    }

    private bool IsEmpty => (Volatile.Read(ref _state) & ~Closed) == 0;

    /// <summary>Admits a producer; pairs with <see cref="Leave"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GatePass TryEnter()
    {
        var state = Volatile.Read(ref _state);
        while (true)
        {
            if ((state & Closed) != 0)
                return GatePass.Closed;
            if (exclusive && (state & Exclusive) != 0)
                return GatePass.Busy;
            var seen = Interlocked.CompareExchange(ref _state, state + Ticket, state);
            if (seen == state)
                return GatePass.Entered;
            state = seen;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave() => Subtract(Ticket);

    /// <summary>Admits a thread that appends nothing, whoever else is inside; pairs with <see cref="LeaveBeside"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnterBeside()
    {
        if ((Interlocked.Add(ref _state, Inside) & Closed) == 0)
            return true;
        LeaveBeside();
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LeaveBeside() => Subtract(Inside);

    /// <summary>Admits nobody any more.</summary>
    public void Close() => Interlocked.Or(ref _state, Closed);

    /// <summary>Waits until nobody is inside; after <see cref="Close"/>.</summary>
    public void WaitUntilEmpty()
    {
        while (true)
        {
            var ticket = _emptied.Prepare();
            if (IsEmpty)
            {
                _emptied.Cancel();
                return;
            }

            _emptied.Wait(ticket, -1);
        }
    }

    private long Ticket
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => exclusive ? Inside + Exclusive : Inside;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Subtract(long ticket)
    {
        if (Interlocked.Add(ref _state, -ticket) == Closed)
            _emptied.Notify();
    }
}

public enum GatePass
{
    Entered,
    Busy,
    Closed,
}
