using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// Counts what has been accepted but not finished, in two kinds: records (frames claimed but not yet sorted into chunk rows) and
/// jobs (frames to copy early, planes of levels to make, chunk rows to encode). Tells workers about new work, and everyone else
/// when a count falls to zero.
/// </summary>
/// <remarks>
/// Each kind is counted in two generations, so that a flush can wait for what was there when it was called while new frames keep
/// coming: it starts a new generation and waits for the old one to drain. One flush at a time. A generation that an earlier flush
/// left undrained at its time-out is drained first, since its number is reused.
/// </remarks>
public sealed class InFlightCounts
{
    private readonly GenerationCount _records = new();
    private readonly GenerationCount _jobs = new();
    private readonly Lock _flushing = new();

    /// <param name="signal">Where workers rest; pipelines that share them share it.</param>
    public InFlightCounts(WorkerSignal signal) => Signal = signal;

    /// <summary>Where workers rest when there is nothing to do.</summary>
    public WorkerSignal Signal { get; }

    /// <summary>Where a flush, a finalize or a blocked producer sleeps until counts fall.</summary>
    public EventCount Drained { get; } = new();

    public bool NoRecords => _records.IsZero;

    public bool NoJobs => _jobs.IsZero;

    /// <summary>Counts a record; returns its generation, for <see cref="EndRecord"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BeginRecord() => _records.Begin();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndRecord(int generation)
    {
        if (_records.End(generation))
            Drained.Notify();
    }

    /// <summary>Counts a job; returns its generation, for <see cref="EndJob"/>.</summary>
    public int BeginJob() => _jobs.Begin();

    public void EndJob(int generation)
    {
        if (_jobs.End(generation))
            Drained.Notify();
    }

    /// <summary>Waits until every record and job counted now has ended, and the jobs that they led to.</summary>
    /// <returns>False when the time-out passed first.</returns>
    public bool WaitForAllSoFar(Deadline deadline)
    {
        if (!_flushing.TryEnter(deadline.RemainingMs))
            return false;
        try
        {
            // A record leads to an early copy or to planes of levels, and these to chunk rows: three generations must drain.
            return Pass(_records, deadline) && Pass(_jobs, deadline) && Pass(_jobs, deadline);
        }
        finally
        {
            _flushing.Exit();
        }
    }

    /// <summary>Waits until a condition holds that can become true when a count falls.</summary>
    /// <returns>False when the time-out passed first.</returns>
    public bool WaitUntil(Func<bool> condition, Deadline deadline)
    {
        while (true)
        {
            var ticket = Drained.Prepare();
            if (condition())
            {
                Drained.Cancel();
                return true;
            }

            if (deadline.HasPassed)
            {
                Drained.Cancel();
                return false;
            }

            Signal.Wake();
            Drained.Wait(ticket, deadline.RemainingMs);
        }
    }

    private bool Pass(GenerationCount count, Deadline deadline)
    {
        if (!WaitUntil(() => count.IsPreviousDrained, deadline))
            return false;
        count.StartNext();
        return WaitUntil(() => count.IsPreviousDrained, deadline);
    }

    /// <summary>
    /// A count split into the current and the previous generation. Both are halves of one word, so that a reader never falls
    /// between the begin of a job in one and the end of the job before it in the other.
    /// </summary>
    private sealed class GenerationCount
    {
        private const int HalfBits = 32;

        private long _counts;
        private int _generation;

        public bool IsZero => Volatile.Read(ref _counts) == 0;

        /// <summary>
        /// Whether the generation before the current one has drained; only for the thread that starts generations.
        /// </summary>
        public bool IsPreviousDrained => Half(Volatile.Read(ref _counts), _generation - 1) == 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Begin()
        {
            var generation = Volatile.Read(ref _generation);
            Interlocked.Add(ref _counts, One(generation));
            return generation;
        }

        /// <summary>Returns whether that generation has drained. Full fence.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool End(int generation) => Half(Interlocked.Add(ref _counts, -One(generation)), generation) == 0;

        public void StartNext() => Interlocked.Increment(ref _generation);

        private static long One(int generation) => 1L << Shift(generation);

        private static uint Half(long counts, int generation) => (uint)(counts >> Shift(generation));

        private static int Shift(int generation) => (generation & 1) * HalfBits;
    }
}
