namespace OmeZarr.Simulation.Workload;

/// <summary>What a run is most about: some things happen only where others do not.</summary>
internal enum Mood
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>More workers and slots than frames need, a store that often stands still: only a worker's own look, or a notice, leads to work.</summary>
    Calm,

    /// <summary>What is written is published again and again while frames come.</summary>
    Flushing,
}
