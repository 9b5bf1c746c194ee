using OmeZarr.Reading;
using OmeZarr.Storage;
using OmeZarr.Storage.Zip;

namespace OmeZarr.Cli.Inspection;

/// <summary>A dataset in a single file.</summary>
internal sealed class DatasetFile(string path) : IDatasetSource
{
    public string Path => path;

    public ZipStore Store { get; } = DatasetLocation.OpenFile(path);

    /// <summary>The same store each time: its directory may be long, and is read once.</summary>
    public IReadableStore Open() => new Shared(Store);

    public IEnumerable<SourceEntry> Below(string key) => Store.List(key, CancellationToken.None).Select(entry => entry.IsPrefix
        ? new SourceEntry(entry.Name, SourceEntryKind.Folder, 0)
        : new SourceEntry(entry.Name, SourceEntryKind.File, Store.Entry(SourceKey.Below(key, entry.Name)).Bytes));

    public bool Has(string key) => Store.SizeOf(key) is not null;

    public double Bytes(CancellationToken cancel) => new FileInfo(path).Length;

    public void Dispose() => Store.Dispose();

    /// <summary>What one reader disposes of, others go on with.</summary>
    private sealed class Shared(ZipStore store) : IReadableStore
    {
        public byte[]? Get(string key, int mostBytes, CancellationToken cancel) => store.Get(key, mostBytes, cancel);

        public long? Read(ReadOnlySpan<char> key, ReadOnlySpan<RangeRead> ranges, CancellationToken cancel) =>
            store.Read(key, ranges, cancel);

        public void Dispose()
        {
        }
    }
}
