using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Storage;
using OmeZarr.Streaming;

namespace OmeZarr.Simulation.Oracles;

/// <summary>
/// No work waits while a worker sleeps. Checked whenever nobody can run and time is about to pass: then there must be no work
/// that a worker could begin, or no worker that sleeps. Work may wait for a short time, since the last worker to rest polls for
/// it now and then, which spares producers the call that wakes it.
/// </summary>
internal sealed class WorkOracle(Scheduler scheduler, SimulatedStore store)
{
    /// <summary>Longer than a poller needs for some looks: work that is found leads to other work.</summary>
    public const long GraceNs = 45_000_000;

    private long _since = -1;

    public AcquisitionSession? Session { get; set; }

    /// <summary>Looks at the run before time passes until a moment.</summary>
    public void Look(long until)
    {
        if (Session is not { } session || !Waits(session))
        {
            _since = -1;
            return;
        }

        if (_since < 0)
            _since = scheduler.Now;
        if (until - _since > GraceNs)
        {
            scheduler.Fail(
                Rules.Work,
                $"work has been waiting for {(until - _since) / 1000} us "
                    + $"while {session.Pipelines[0].InFlight.Signal.Resting} workers sleep\n{scheduler.Describe()}");
        }
    }

    // A thread that is kept from running, or waits for its turn at a lock, is on its way.
    private bool Waits(AcquisitionSession session)
    {
        if (session.Pipelines[0].InFlight.Signal.Resting == 0)
            return false;
        foreach (var thread in scheduler.Threads)
        {
            if (thread.WaitsFor is Delay && !store.IsInside(thread))
                return false;
        }

        foreach (var pipeline in session.Pipelines)
        {
            if (pipeline.Distributor.HasWork || pipeline.Work.Ready.HasRunnable)
                return true;
        }

        return false;
    }
}
