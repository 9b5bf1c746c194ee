using System.Numerics;
using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Frames whose numbers are taken but that never come: skipped by the caller, or dropped for want of a slot. Producers mark them
/// as bits in the ledger's window and go on; the distributor routes them later. So there is room for any number of them, however
/// long the workers are busy, and a camera that drops frames never waits.
/// </summary>
internal sealed class AbsentFrames(InFlightCounts inFlight) : IDisposable
{
    /// <summary>The memory of the bits.</summary>
    internal const long Bytes = FrameLedger.Bits / 8;

    private const long NotSubmitted = 0;
    private const int WordBits = 64;

    private readonly FixedTable<ulong> _bits = new((int)(FrameLedger.Bits / WordBits));
    private PaddedLong _end;
    private long _submitted;

    /// <summary>Whether frames were submitted that the distributor has not yet taken.</summary>
    public bool AreSubmitted => Volatile.Read(ref _submitted) != NotSubmitted;

    /// <summary>Marks a frame whose number the caller has taken; any producer. <see cref="Notify"/> must follow.</summary>
    public void Add(long frame)
    {
        Interlocked.Or(ref Word(frame), Bit(frame));
        var end = Volatile.Read(ref _end.Value);
        while (frame >= end)
        {
            var seen = Interlocked.CompareExchange(ref _end.Value, frame + 1, end);
            if (seen == end)
                break;
            end = seen;
        }
    }

    /// <summary>Submits the frames marked so far to the distributor, as one record; any producer.</summary>
    public void Notify()
    {
        // The thread that takes a pending submission looks at the bits afterwards: it covers these frames too.
        if (!AreSubmitted)
        {
            var generation = inFlight.BeginRecord();
            if (Interlocked.CompareExchange(ref _submitted, (uint)generation + 1L, NotSubmitted) != NotSubmitted)
                inFlight.EndRecord(generation);
        }

        inFlight.Signal.Notify();
    }

    /// <summary>Takes the submission, with the generation of its record; the distributor only.</summary>
    public bool TryTakeSubmitted(out int generation)
    {
        // A full fence: bits that were set without a submission of their own are seen below.
        var submitted = AreSubmitted ? Interlocked.Exchange(ref _submitted, NotSubmitted) : NotSubmitted;
        generation = (int)(uint)(submitted - 1);
        return submitted != NotSubmitted;
    }

    /// <summary>The first absent frame from a number on, or -1; the distributor only.</summary>
    /// <param name="frame">Not below the ledger's lowest unrouted frame.</param>
    public long Next(long frame)
    {
        var end = Volatile.Read(ref _end.Value);
        while (frame < end)
        {
            var rest = Volatile.Read(ref Word(frame)) >> (int)(frame % WordBits);
            if (rest != 0)
                return frame + BitOperations.TrailingZeroCount(rest);
            frame = (frame / WordBits + 1) * WordBits;
        }

        return -1;
    }

    /// <summary>Clears a frame that has been routed; the distributor only, before the ledger marks it as routed.</summary>
    public void Remove(long frame) => Interlocked.And(ref Word(frame), ~Bit(frame));

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose() => _bits.Dispose();

    private ref ulong Word(long frame) => ref _bits[frame % FrameLedger.Bits / WordBits];

    private static ulong Bit(long frame) => 1UL << (int)(frame % WordBits);
}
