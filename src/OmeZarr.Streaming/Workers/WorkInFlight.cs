using OmeZarr.Memory;

namespace OmeZarr.Streaming.Workers;

/// <summary>
/// Counts what has been accepted but not finished, in two kinds: records (frames claimed but not yet sorted into groups)
/// and jobs (frames to copy out early, groups to encode). Tells workers about new work and everyone else when a count
/// falls to zero.
/// </summary>
/// <remarks>
/// Each kind is counted in two generations, so that a flush can wait for what was there when it came while new frames
/// keep coming: it starts a new generation and waits for the old one to drain.
/// </remarks>
internal sealed class WorkInFlight
{
    private readonly GenerationCount _records = new();
    private readonly GenerationCount _jobs = new();

    /// <summary>Where workers sleep when there is nothing to do.</summary>
    public EventCount Work { get; } = new();

    /// <summary>Where a flush, a finalize or a blocked producer sleeps until counts fall.</summary>
    public EventCount Drained { get; } = new();

    public bool NoRecords => _records.IsZero;

    public bool NoJobs => _jobs.IsZero;

    /// <summary>Counts a record; returns its generation, for <see cref="EndRecord"/>.</summary>
    public int BeginRecord() => _records.Begin();

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

    /// <summary>Waits until every record and job that is counted now has ended, and the jobs that they led to.</summary>
    /// <returns>False when the time-out passed first.</returns>
    public bool WaitForAllSoFar(Deadline deadline)
    {
        // A record leads to an early copy, that to a group: three generations to let pass.
        return Pass(_records, deadline) && Pass(_jobs, deadline) && Pass(_jobs, deadline);
    }

    /// <summary>Waits until a condition holds that a falling count makes true.</summary>
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

            Drained.Wait(ticket, deadline.RemainingMs);
        }
    }

    private bool Pass(GenerationCount count, Deadline deadline)
    {
        var old = count.StartNext();
        return WaitUntil(() => count.IsDrained(old), deadline);
    }

    /// <summary>A count split into the current and the previous generation.</summary>
    private sealed class GenerationCount
    {
        private PaddedLong _even;
        private PaddedLong _odd;
        private int _generation;

        public bool IsZero => Volatile.Read(ref _even.Value) + Volatile.Read(ref _odd.Value) == 0;

        public int Begin()
        {
            var generation = Volatile.Read(ref _generation);
            Interlocked.Increment(ref Of(generation));
            return generation;
        }

        public bool End(int generation) => Interlocked.Decrement(ref Of(generation)) == 0;

        public int StartNext() => Interlocked.Increment(ref _generation) - 1;

        public bool IsDrained(int generation) => Volatile.Read(ref Of(generation)) == 0;

        private ref long Of(int generation) => ref (generation & 1) == 0 ? ref _even.Value : ref _odd.Value;
    }
}
