using OmeZarr.Litmus;
using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation.Parts;

/// <summary>A scenario of the litmus with new objects of small sizes, determined by the seed.</summary>
internal sealed class PartRun : IRun
{
    private const long MostSteps = 300_000;

    private readonly Scenario _scenario;
    private readonly Trial _trial;

    public PartRun(ulong seed, Scenario scenario, IReadOnlySet<string> rules, Trace? trace)
    {
        var chances = new Chances(seed * 0x9E3779B97F4A7C15 + 2);
        var schedule = chances.Fork();
        Scheduler = new Scheduler(schedule.Fork(), Schedule.Of(schedule) with { OneDelayIn = 0 }, MostSteps, rules, trace);
        _scenario = scenario;
        _trial = new Trial(Scheduler, chances.Fork());
    }

    public Scheduler Scheduler { get; }

    public string Describe() => $"{_scenario.Name}: {_trial.Wanted} operations of {_trial.Threads} threads";

    public Violation? Play()
    {
        Scheduler.Run(() => _scenario.Play(_trial));
        return Scheduler.Violation;
    }
}
