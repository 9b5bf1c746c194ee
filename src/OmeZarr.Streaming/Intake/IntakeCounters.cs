using System.Runtime.CompilerServices;
using OmeZarr.Concurrency;
using OmeZarr.Documents;

namespace OmeZarr.Streaming.Intake;

/// <summary>Counters of what producers have done. Any thread adds and reads.</summary>
internal sealed class IntakeCounters
{
    private long _appended;
    private long _skipped;
    private long _dropped;
    private long _borrowed;
    private long _metadataLost;
    private long _waits;
    private long _waitNs;

    public LatencyHistogram Latency { get; } = new();

    public long FramesAppended => Volatile.Read(ref _appended);

    public long FramesSkipped => Volatile.Read(ref _skipped);

    public long FramesDropped => Volatile.Read(ref _dropped);

    public long FramesBorrowed => Volatile.Read(ref _borrowed);

    /// <summary>Frames that were taken without some of their metadata.</summary>
    public long FramesMetadataLost => Volatile.Read(ref _metadataLost);

    public long RingWaits => Volatile.Read(ref _waits);

    public long RingWaitNs => Volatile.Read(ref _waitNs);

    /// <summary>Goes on counting; while no producer is there.</summary>
    public void Resume(in FrameCounts counts)
    {
        Latency.Clear();
        Volatile.Write(ref _appended, counts.FramesAppended);
        Volatile.Write(ref _skipped, counts.FramesSkipped);
        Volatile.Write(ref _dropped, counts.FramesDropped);
        Volatile.Write(ref _waits, 0);
        Volatile.Write(ref _waitNs, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Appended(long nanoseconds)
    {
        Interlocked.Increment(ref _appended);
        Latency.Record(nanoseconds);
    }

    public void Skipped(long frames) => Interlocked.Add(ref _skipped, frames);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    public void Borrowed() => Interlocked.Increment(ref _borrowed);

    public void MetadataLost() => Interlocked.Increment(ref _metadataLost);

    public void RingWait() => Interlocked.Increment(ref _waits);

    public void RingWaited(long nanoseconds) => Interlocked.Add(ref _waitNs, nanoseconds);
}
