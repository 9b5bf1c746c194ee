using Microsoft.Win32.SafeHandles;

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
    /// Whether the data of shards goes to the disk past the system's page cache (<c>O_DIRECT</c>, on Linux). Indexes and whole
    /// objects do not.
    /// </summary>
    public bool Unbuffered { get; init; }

    /// <summary>Told once, in words for people, when <see cref="Unbuffered"/> cannot be had and the cache is used; any thread.</summary>
    public Action<string>? OnBuffered { get; init; }

    /// <summary>Has an open file written past the cache, or returns false; replaced by tests.</summary>
    internal Func<SafeFileHandle, bool> SetDirect { get; init; } = static file => OperatingSystem.IsLinux() && UnixCalls.TrySetDirect(file, direct: true);

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
