using OmeZarr.Storage;

namespace OmeZarr.Reading.Arrays;

/// <summary>What the arrays of a dataset share: the store, memory, threads and indexes. Any thread.</summary>
internal sealed class ArrayReading(IReadableStore store, ReadingOptions options) : IDisposable
{
    internal IReadableStore Store { get; } = store;

    internal ReadingOptions Options { get; } = options;

    internal ShardIndexes Indexes { get; } = new(store, options);

    internal Workspaces Workspaces { get; } = new(options.BufferBytes);

    internal ReadThreads Threads { get; } = new(options.ThreadCount);

    public void Dispose()
    {
        Threads.Dispose();
        Workspaces.Dispose();
    }
}
