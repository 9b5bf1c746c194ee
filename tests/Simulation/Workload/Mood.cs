namespace OmeZarr.Simulation.Workload;

/// <summary>What a run focuses on: some situations occur only where others do not.</summary>
internal enum Mood
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>
    /// More workers and slots than frames need, and a store that often gets stuck: only a worker's own polling, or a
    /// notification, leads to work.
    /// </summary>
    Calm,

    /// <summary>What is written is published again and again while frames come.</summary>
    Flushing,
}
