namespace OmeZarr.Storage;

/// <summary>How a <see cref="FileSystemStore"/> uses its file system. The defaults are right for acquisitions.</summary>
public sealed record FileSystemOptions
{
    /// <summary>
    /// The most shard files held open at once; 0 chooses a quarter of what the process may open, within 16 to 512.
    /// Each thread inside a call of the store may have one more for the moment (a whole object, a folder being flushed).
    /// </summary>
    public int MaxOpenFiles { get; init; }

    /// <summary>
    /// Whether <see cref="IStore.Sync"/> may flush the whole file system in one call where there is one (Linux). Otherwise
    /// files are flushed one by one.
    /// </summary>
    public bool SyncWholeFileSystem { get; init; } = true;

    /// <summary>
    /// The most files remembered for flushing one by one. When one more was written, the oldest is flushed at once, so
    /// that the memory for it is bounded.
    /// </summary>
    public int MaxUnsyncedFiles { get; init; } = 4096;
}
