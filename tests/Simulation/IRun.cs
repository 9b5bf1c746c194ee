using OmeZarr.Simulation.Scheduling;

namespace OmeZarr.Simulation;

/// <summary>A run that is determined by its seed.</summary>
internal interface IRun
{
    Scheduler Scheduler { get; }

    /// <summary>What it is, for people.</summary>
    string Describe();

    /// <summary>Runs it; null when nothing was found.</summary>
    Violation? Play();
}
