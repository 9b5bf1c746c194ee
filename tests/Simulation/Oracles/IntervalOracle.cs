using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Storage;
using OmeZarr.Simulation.Workload;

namespace OmeZarr.Simulation.Oracles;

/// <summary>
/// What is complete can be read within the flush interval. Checked whenever nobody can run and time is about to pass: when
/// everything that came has been written, and nothing new has come for as long as the interval, readers must find it. The
/// duration of publications is not counted, nor the time during which threads were kept from running.
/// </summary>
internal sealed class IntervalOracle(Run run, Scheduler scheduler, SimulatedStore store, Action<bool> mustBeFound)
{
    private const long GraceNs = 5_000_000;

    private readonly long _intervalNs = run.Layout.Plan.Durability.FlushIntervalMs * 1_000_000L;
    private int _frames;
    private long _since = -1;
    private long _excused;
    private int _unpublished;
    private bool _wasLookedAt;

    /// <summary>How often frames were looked for.</summary>
    public int Looks { get; private set; }

    /// <summary>Checks the run before time passes until a given moment.</summary>
    public void Look(long until)
    {
        var frames = run.Cameras.Sum(camera => camera.Book.Count(Fate.Taken) + camera.Book.Count(Fate.Absent));
        if (IsBusy())
        {
            _since = -1;
            return;
        }

        if (_since < 0 || frames != _frames)
            (_since, _frames, _excused, _unpublished, _wasLookedAt) =
                (scheduler.Now, frames, scheduler.ExcusedNs, store.Unpublished, false);
        if (scheduler.Threads.Any(thread => store.IsInside(thread) || thread.WaitsFor is Delay))
            _excused -= until - scheduler.Now;
        if (_wasLookedAt || until - _since - (scheduler.ExcusedNs - _excused) <= _intervalNs + GraceNs)
            return;
        _wasLookedAt = true;
        Looks++;
        mustBeFound(store.Unpublished == _unpublished);
    }

    private bool IsBusy()
    {
        if (run.Session is not { Fault: null } session || run.IsEnding || !store.IsCommitted)
            return true;
        return run.Cameras.Any(camera => camera.Book.Count(Fate.Offered) > 0)
            || session.Pipelines.Any(pipeline => !pipeline.InFlight.NoRecords || !pipeline.InFlight.NoJobs);
    }
}
