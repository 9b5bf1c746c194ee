using System.Runtime.CompilerServices;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Which frame numbers have been taken, so that each is stored at most once, whatever the order and the number of producers. A
/// window of bits slides over the frame numbers: memory is fixed, however long the acquisition, and a short one touches little of
/// it.
/// </summary>
/// <remarks>
/// Producers take numbers from any thread. The single consumer marks them as routed, which moves the window. A bit is cleared
/// only a whole window after its frame was routed: to touch a reused bit, a producer that read <see cref="Lowest"/> would have to
/// sleep through a million frames between its check and its write.
/// </remarks>
[SkipLocalsInit]
internal sealed class FrameLedger : IDisposable
{
    /// <summary>How far ahead of the lowest unrouted frame a number may be.</summary>
    public const long Window = 1 << 20;

    /// <summary>Bits of the window's ring.</summary>
    internal const long Bits = 2 * Window;

    /// <summary>The memory of a ledger.</summary>
    internal const long Bytes = 2 * Bits / 8;

    private const int WordBits = 64;

    private readonly FixedTable<ulong> _taken = new((int)(Bits / WordBits));
    private readonly FixedTable<ulong> _routed = new((int)(Bits / WordBits));
    private long _lowest;

    /// <summary>Every frame below this number is routed.</summary>
    public long Lowest => Volatile.Read(ref _lowest);

    /// <summary>Begins with a number: those below count as routed. Before anything else.</summary>
    public void Begin(long lowest) => Volatile.Write(ref _lowest, lowest);

    /// <summary>Whether a frame cannot be taken before the lowest unrouted one arrives; any thread.</summary>
    public bool IsTooFarAhead(long index) => index - Lowest >= Window;

    /// <summary>Whether a frame, or its absence, has been routed; the consumer only, or after it.</summary>
    public bool IsRouted(long index) =>
        index < _lowest || (index - _lowest < Window && (_routed[index % Bits / WordBits] & 1UL << (int)(index % WordBits)) != 0);

    /// <summary>Takes a frame number; any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameClaim TryTake(long index)
    {
        var lowest = Lowest;
        if (index < lowest)
            return FrameClaim.AlreadyTaken;
        if (index - lowest >= Window)
            return FrameClaim.TooFarAhead;
        var bit = 1UL << (int)(index % WordBits);
        var before = Interlocked.Or(ref _taken[index % Bits / WordBits], bit);
        return (before & bit) == 0 ? FrameClaim.Taken : FrameClaim.AlreadyTaken;
    }

    /// <summary>Marks a taken frame as routed and moves the window; the consumer only.</summary>
    public void MarkRouted(long index)
    {
        _routed[index % Bits / WordBits] |= 1UL << (int)(index % WordBits);
        var next = _lowest;
        while ((_routed[next % Bits / WordBits] & 1UL << (int)(next % WordBits)) != 0)
        {
            _routed[next % Bits / WordBits] &= ~(1UL << (int)(next % WordBits));
            // The word half the ring away was routed a window ago: clear it for the next round.
            var old = next + Window;
            if (old % WordBits == 0)
                Volatile.Write(ref _taken[old % Bits / WordBits], 0);
            next++;
        }

        // Release: the cleared bits are visible before the window that reuses them.
        Volatile.Write(ref _lowest, next);
    }

    /// <summary>Only once no thread uses the ledger any more.</summary>
    public void Dispose()
    {
        _taken.Dispose();
        _routed.Dispose();
    }
}

/// <summary>The result of taking a frame number.</summary>
internal enum FrameClaim
{
    Taken,
    AlreadyTaken,
    TooFarAhead,
}
