using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation;

/// <summary>What follows from a seed.</summary>
internal interface IRun
{
    Scheduler Scheduler { get; }

    /// <summary>What it is, for people.</summary>
    string Describe();

    /// <summary>Runs it; null when nothing was found.</summary>
    Violation? Play();
}
