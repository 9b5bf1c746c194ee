using OmeZarr.Storage;

namespace OmeZarr.Reading.Arrays;

/// <summary>What the arrays of a dataset share: the store, memory, threads and indexes. Any thread.</summary>
internal sealed class ArrayReading(IReadableStore store, ReadingOptions options, ILiveArrays? live = null) : IDisposable
{
    internal IReadableStore Store { get; } = store;

    internal ReadingOptions Options { get; } = options;

    /// <summary>What is not on the store yet, when this process writes it.</summary>
    internal ILiveArrays? Live { get; } = live;

    internal ShardIndexes Indexes { get; } = new(store, options);

    internal Workspaces Workspaces { get; } = new(options.BufferBytes);

    internal ReadThreads Threads { get; } = new(options.ThreadCount);

    public void Dispose()
    {
        Threads.Dispose();
        Workspaces.Dispose();
    }
}
