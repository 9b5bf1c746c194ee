using System.Collections.Concurrent;
using OmeZarr.Cli.Inspection;
using OmeZarr.Cli.Terminal;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Verification;

/// <summary>What was seen of an array.</summary>
internal sealed record ArrayResult(long Chunks, long MissingChunks, long Bytes);

/// <summary>Checks every stored object of an array: its index, and each chunk by decoding it.</summary>
internal sealed class ArrayCheck(
    IDatasetSource dataset, ArraySource source, IReadableStore store, bool quick, Findings findings, IProgressBar progress,
    CancellationToken cancel)
{
    /// <summary>Memory for decoded chunks, all threads together.</summary>
    private const long MostBytes = 1L << 30;

    private readonly ConcurrentBag<byte[]> _buffers = [];
    private long _stored;
    private long _bytes;

    private StoredArray Array => source.Metadata;

    public ArrayResult Run()
    {
        var threads = (int)Math.Clamp(MostBytes / Math.Max(Array.ChunkBytes, 1), 0, Environment.ProcessorCount);
        if (threads == 0)
        {
            findings.Error("chunk", source.Path, $"its chunks have {Array.ChunkBytes} bytes, which is too large to be checked");
            return new ArrayResult(0, 0, 0);
        }

        var files = new ArrayFiles(dataset, source.Path, Array);
        Parallel.ForEach(files.Objects(findings, cancel),
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, CheckObject);
        var chunk = Array.Chunk.Shard?.Chunk ?? Array.Chunk;
        var grid = new ChunkGrid(Array.Shape.AsSpan(), chunk.Shape.AsSpan());
        return new ArrayResult(_stored, grid.Count - _stored, _bytes);
    }

    private void CheckObject(ArrayObject found)
    {
        Interlocked.Add(ref _bytes, found.Bytes);
        if (Array.Chunk.Shard is not { } shard)
        {
            Interlocked.Increment(ref _stored);
            Decode(found, found.Index);
        }
        else if (ShardCheck.Read(store, found, shard, findings) is { } entries)
            CheckShard(found, shard, entries);
        progress.Add(found.Bytes);
    }

    private void CheckShard(ArrayObject found, ShardLayout shard, ulong[] entries)
    {
        var inner = new ChunkGrid(Array.Chunk.Shape.AsSpan(), shard.Chunk.Shape.AsSpan());
        var index = new long[Array.Rank];
        for (var chunk = 0; chunk < shard.Count; chunk++)
        {
            if (entries[chunk * ShardIndex.NumbersPerChunk] == ShardIndex.Empty
                && entries[chunk * ShardIndex.NumbersPerChunk + 1] == ShardIndex.Empty)
                continue;
            cancel.ThrowIfCancellationRequested();
            inner.IndexOf(chunk, index);
            for (var axis = 0; axis < index.Length; axis++)
                index[axis] += found.Index[axis] * shard.Counts[axis];
            // What is stored beyond the shape is not visible yet.
            if (!IsInShape(index, shard.Chunk.Shape.AsSpan()))
                continue;
            Interlocked.Increment(ref _stored);
            Decode(found, index);
        }
    }

    private bool IsInShape(long[] index, ReadOnlySpan<long> chunk)
    {
        for (var axis = 0; axis < index.Length; axis++)
        {
            if (index[axis] * chunk[axis] >= Array.Shape[axis])
                return false;
        }

        return true;
    }

    // The reader verifies what it decodes.
    private void Decode(ArrayObject found, long[] index)
    {
        if (quick)
            return;
        var chunk = (Array.Chunk.Shard?.Chunk ?? Array.Chunk).Shape;
        var (start, count) = (new long[Array.Rank], new long[Array.Rank]);
        long elements = 1;
        for (var axis = 0; axis < start.Length; axis++)
        {
            start[axis] = index[axis] * chunk[axis];
            count[axis] = Math.Min(chunk[axis], Array.Shape[axis] - start[axis]);
            elements *= count[axis];
        }

        if (elements * Array.Type.Size > MostBytes)
        {
            findings.Error("chunk", found.Key, $"chunk {string.Join(", ", index)} is too large to be checked");
            return;
        }

        var bytes = (int)(elements * Array.Type.Size);
        if (!_buffers.TryTake(out var buffer) || buffer.Length < bytes)
            buffer = new byte[Math.Max(bytes, Array.ChunkBytes)];
        try
        {
            _ = source.Read(Region.Of(Array.Shape.AsSpan(), start, count), buffer.AsSpan(0, bytes), cancel);
        }
        catch (ReadingException e) when (!cancel.IsCancellationRequested)
        {
            findings.Error("chunk", found.Key, $"chunk {string.Join(", ", index)}: {e.Message}");
        }
        finally
        {
            _buffers.Add(buffer);
        }
    }
}
