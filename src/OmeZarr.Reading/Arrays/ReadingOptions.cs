namespace OmeZarr.Reading.Arrays;

/// <summary>How much a reader may use. The defaults are right for looking at images.</summary>
public sealed record ReadingOptions
{
    /// <summary>Threads that decode, the caller's included. 0: one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The most memory for stored and decoded chunks on their way, all threads together. An array whose single chunk needs more
    /// is refused.
    /// </summary>
    public long BufferBytes { get; init; } = 512L << 20;

    /// <summary>The most memory for indexes of shards that are kept. A shard whose index alone is larger is refused.</summary>
    public long IndexBytes { get; init; } = 128L << 20;

    /// <summary>The largest <c>zarr.json</c> that is read.</summary>
    public int DocumentBytes { get; init; } = 64 << 20;

    /// <summary>The most missing chunks that a report lists; beyond it they are only counted.</summary>
    public int ListedMissingChunks { get; init; } = 1000;

    internal int ThreadCount => Math.Clamp(Threads > 0 ? Threads : Environment.ProcessorCount, 1, 64);
}
