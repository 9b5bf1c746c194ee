using System.Numerics;
using OmeZarr.Concurrency;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Intake;

/// <summary>
/// Frames that were taken but never come: skipped by the caller, or dropped for want of a slot. Producers note them as bits
/// of the ledger's window and go on; the distributor routes them when it comes by. So any number of them finds room,
/// however long the workers are busy, and a camera that drops frames waits for nobody.
/// </summary>
internal sealed class AbsentFrames(InFlightCounts inFlight) : IDisposable
{
    /// <summary>The most memory of the bits.</summary>
    internal const long Bytes = FrameLedger.Bits / 8;

    private const long NotSubmitted = 0;
    private const int WordBits = 64;

    private readonly FixedTable<ulong> _bits = new((int)(FrameLedger.Bits / WordBits));
    private PaddedLong _end;
    private long _submitted;

    /// <summary>Whether frames have been announced that the distributor has not taken on.</summary>
    public bool AreSubmitted => Volatile.Read(ref _submitted) != NotSubmitted;

    /// <summary>Notes a frame whose number the caller has taken; any producer. To be announced.</summary>
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

    /// <summary>Hands the frames noted so far to the distributor, as one record; any producer.</summary>
    public void Notify()
    {
        // Who takes the standing announcement on looks at the bits afterwards: it covers these frames too.
        if (!AreSubmitted)
        {
            var generation = inFlight.BeginRecord();
            if (Interlocked.CompareExchange(ref _submitted, (uint)generation + 1L, NotSubmitted) != NotSubmitted)
                inFlight.EndRecord(generation);
        }

        inFlight.Signal.Notify();
    }

    /// <summary>Takes the announcement on, with the generation of its record; the distributor only.</summary>
    public bool TryTakeSubmitted(out int generation)
    {
        // A full fence: bits noted before an announcement that was not needed are seen below.
        var announced = AreSubmitted ? Interlocked.Exchange(ref _submitted, NotSubmitted) : NotSubmitted;
        generation = (int)(uint)(announced - 1);
        return announced != NotSubmitted;
    }

    /// <summary>The first absent frame from a number on, or -1; the distributor only.</summary>
    /// <param name="frame">Not below the ledger's lowest unsettled frame.</param>
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

    /// <summary>Forgets a frame that has been routed; the distributor only, before the ledger settles it.</summary>
    public void Remove(long frame) => Interlocked.And(ref Word(frame), ~Bit(frame));

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose() => _bits.Dispose();

    private ref ulong Word(long frame) => ref _bits[frame % FrameLedger.Bits / WordBits];

    private static ulong Bit(long frame) => 1UL << (int)(frame % WordBits);
}
