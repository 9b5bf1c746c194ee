using Microsoft.Win32.SafeHandles;

namespace OmeZarr.Storage.FileSystem;

/// <summary>How a <see cref="FileSystemStore"/> uses its file system. The defaults are right for acquisitions.</summary>
public sealed record FileSystemOptions
{
    /// <summary>
    /// The most shard files held open at once by this store. 0: as many as all stores of the process share, a quarter of what
    /// it may open, within 16 to 512. Each thread inside a call of the store may have two more for the moment (a whole object
    /// and its folder).
    /// </summary>
    public int MaxOpenFiles { get; init; }

    /// <summary>
    /// Whether the data of shards goes to the disk past the system's page cache (<c>O_DIRECT</c>, on Linux). Indexes and whole
    /// objects do not.
    /// </summary>
    public bool Unbuffered { get; init; }

    /// <summary>
    /// Told, in words for people, what goes on all the same but not as it was asked for: once when <see cref="Unbuffered"/>
    /// cannot be had and the cache is used; when something that was replaced cannot be deleted. Any thread; must not throw.
    /// </summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>What may be open together with other stores; null for what the process shares. Replaced by tests.</summary>
    internal OpenFileBudget? Budget { get; init; }

    /// <summary>Measures how old an unfinished object is; replaced by tests.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether published footers are moved up where the file system can; replaced by tests.</summary>
    internal bool MovesFooters { get; init; } = true;

    /// <summary>Whether footers of at most a page are written over where that is one step; replaced by tests.</summary>
    internal bool OverwritesPages { get; init; } = true;

    /// <summary>The largest file that may be written; null for what the process may. Replaced by tests.</summary>
    internal long? FileSizeLimit { get; init; }

    /// <summary>Has an open file written past the cache, or returns false; replaced by tests.</summary>
    internal Func<SafeFileHandle, bool> SetDirect { get; init; } = static file =>
        OperatingSystem.IsLinux() && UnixCalls.TrySetDirect(file, direct: true);

    /// <summary>
    /// Whether <see cref="IWritableStore.Sync"/> may flush the whole file system in one call where there is one (Linux).
    /// Otherwise files are flushed one by one.
    /// </summary>
    public bool SyncWholeFileSystem { get; init; } = true;

    /// <summary>
    /// The most files remembered for flushing one by one. When one more was written, the oldest is flushed at once, so
    /// that the memory for it is bounded.
    /// </summary>
    public int MaxUnsyncedFiles { get; init; } = 4096;
}
