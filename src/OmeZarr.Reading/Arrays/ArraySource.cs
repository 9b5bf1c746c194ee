using OmeZarr.Concurrency;
using OmeZarr.Storage;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Reading.Arrays;

/// <summary>An array of a dataset, as it was when its metadata were read. Immutable; any thread.</summary>
public sealed unsafe class ArraySource
{
    /// <summary>Decoded bytes that a thread takes on at a time, at most.</summary>
    private const long MostBatchBytes = 4 << 20;

    /// <summary>Batches for each thread, so that they end at nearly the same time.</summary>
    private const int BatchesPerThread = 4;

    private readonly ArrayReading _reading;
    private readonly string _prefix;

    internal ArraySource(ArrayReading reading, string path, StoredArray metadata)
    {
        _reading = reading;
        Path = path;
        Metadata = reading.Live is { } live
            ? metadata with { Shape = [.. live.ShapeOf(path, metadata.Shape.AsSpan())] } : metadata;
        _prefix = path.Length == 0 ? "" : path + "/";
    }

    /// <summary>From the store's root; empty when the array is there.</summary>
    public string Path { get; }

    /// <summary>Shape, type, chunks and codecs.</summary>
    public StoredArray Metadata { get; }

    /// <summary>Reads a region; what is not stored has the fill value, and is reported.</summary>
    /// <param name="region">A part of this array.</param>
    /// <param name="destination">Receives the elements in C order, little-endian.</param>
    /// <param name="cancel">Gives up; then the destination may have any content.</param>
    /// <exception cref="ReadingException">The destination is too short.</exception>
    /// <exception cref="ReadingException">Something stored is damaged, or would take too much memory.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public ReadReport Read(Region region, Span<byte> destination, CancellationToken cancel = default)
    {
        fixed (byte* first = destination)
            return Read(region, first, destination.Length, [], timeoutMs: -1, cancel);
    }

    /// <summary>Reads a region into memory of any strides.</summary>
    /// <param name="region">A part of this array.</param>
    /// <param name="first">The caller's memory; to the reader alone until this returns, and not touched afterwards.</param>
    /// <param name="bytes">How many bytes are there.</param>
    /// <param name="strides">Bytes from one element to the next along each axis; empty for C order without gaps.</param>
    /// <param name="timeoutMs">How long to wait at most; -1 for ever.</param>
    /// <param name="cancel">Gives up; as with the time-out the memory may then have any content.</param>
    /// <inheritdoc cref="Read(Region, Span{byte}, CancellationToken)"/>
    public ReadReport Read(
        Region region, byte* first, long bytes, ReadOnlySpan<long> strides, int timeoutMs, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (region.Count.Length != Metadata.Rank)
            throw new ReadingException(ReadingErrorKind.OutOfRange,
                $"The region has {region.Count.Length} axes and the array {Metadata.Rank}.");
        var destination = Destination.Of(first, bytes, region, Metadata.Type.Size, strides);
        if (_reading.Live is not { } live || Metadata.Rank < 2)
            return ReadStored(region, destination, timeoutMs, cancel);
        var reading = new LiveReading(
            live, Path, (part, to, ms) => ReadStored(part, destination.At(to), ms, cancel), _reading.Indexes.Clear);
        return reading.Read(region, destination, timeoutMs);
    }

    private ReadReport ReadStored(Region region, Destination destination, int timeoutMs, CancellationToken cancel)
    {
        var walk = new ChunkWalk(Metadata, _prefix, region);
        var count = walk.Count();
        if (count == 0)
            return ReadReport.None;
        return Read(walk, count, region, destination, timeoutMs, cancel);
    }

    private ReadReport Read(
        ChunkWalk walk, long count, Region region, Destination destination, int timeoutMs, CancellationToken cancel)
    {
        var report = new ReportBuilder(_reading.Options.ListedMissingChunks);
        var reading = new ChunkReading(
            Metadata, _reading.Store, _reading.Indexes, _reading.Workspaces, region, destination, report);
        var most = MostThreads();
        var perBatch = (int)Math.Clamp(
            Math.Min(MostBatchBytes / Metadata.ChunkBytes, count / ((long)most * BatchesPerThread)), 1, 4096);
        var job = new ReadJob(Batches(walk.Chunks(), perBatch), reading.Work, cancel);
        var threads = (int)Math.Min(most, (count + perBatch - 1) / perBatch);
        // Who has promised a time makes no call of a store.
        var joins = timeoutMs < 0;
        _reading.Threads.Start(joins ? threads - 1 : threads, job.Work);
        if (joins)
            job.Work();
        var isDone = job.Wait(Deadline.After(timeoutMs));
        if (cancel.IsCancellationRequested)
            throw new ReadingException(ReadingErrorKind.GivenUp, $"Reading \"{Path}\" was given up.");
        job.ThrowIfFailed();
        if (!isDone)
            throw new ReadingException(ReadingErrorKind.GivenUp, $"\"{Path}\" was not read within {timeoutMs} ms.");
        job.Dispose();
        return report.Build();
    }

    private int MostThreads()
    {
        var bytes = _reading.Workspaces.BytesOf(Metadata).All;
        return (int)Math.Clamp(_reading.Options.BufferBytes / bytes, 1, _reading.Options.ThreadCount);
    }

    /// <summary>Chunks of one object, as many as one thread takes on at a time.</summary>
    private static IEnumerable<IReadOnlyList<ChunkRef>> Batches(IEnumerable<ChunkRef> chunks, int most)
    {
        var batch = new List<ChunkRef>();
        foreach (var chunk in chunks)
        {
            // Each object outside shards is a call of the store anyway.
            if (batch.Count > 0 && (batch.Count == most || batch[0].Key != chunk.Key))
            {
                yield return batch;
                batch = [];
            }

            batch.Add(chunk);
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
