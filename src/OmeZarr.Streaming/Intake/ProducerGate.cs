using OmeZarr.Memory;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Lets producers in, one at a time or many, until it is closed; the closer learns when the last one has left. One word:
/// the number of producers inside, and a flag.
/// </summary>
internal sealed class ProducerGate(bool exclusive)
{
    private const long Closed = 1L << 40;

    private readonly EventCount _emptied = new();
    private PaddedLong _state;

    public bool IsClosed => (Volatile.Read(ref _state.Value) & Closed) != 0;

    private bool IsEmpty => (Volatile.Read(ref _state.Value) & ~Closed) == 0;

    public GatePass TryEnter()
    {
        if (exclusive)
        {
            var seen = Interlocked.CompareExchange(ref _state.Value, 1, 0);
            return seen == 0 ? GatePass.Entered : (seen & Closed) != 0 ? GatePass.Closed : GatePass.Busy;
        }

        if ((Interlocked.Increment(ref _state.Value) & Closed) == 0)
            return GatePass.Entered;
        Leave();
        return GatePass.Closed;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _state.Value) == Closed)
            _emptied.Notify();
    }

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

    /// <summary>Lets nobody in any more; returns false when it was closed already.</summary>
    public bool Close() => (Interlocked.Or(ref _state.Value, Closed) & Closed) == 0;
}

internal enum GatePass
{
    Entered,
    Busy,
    Closed,
}
