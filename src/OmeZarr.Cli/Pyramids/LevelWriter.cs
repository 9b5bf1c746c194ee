using OmeZarr.Cli.Terminal;
using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;
using OmeZarr.Zarr;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Cli.Pyramids;

/// <summary>
/// Makes the chunks of a level from the level before, in bounded memory. Each appears whole; those that are there already, from a
/// run that was interrupted, are left as they are.
/// </summary>
internal sealed class LevelWriter(ArraySource source, LevelDocument level, FileSystemStore store, CancellationToken cancel)
{
    /// <summary>Memory for chunks and what they are made of, all threads together.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>The part of the level before, four times as large; the chunk; and the chunk encoded.</summary>
    private const int ChunksPerThread = 6;

    private readonly ChunkGrid _grid = new(level.Shape.AsSpan(), [.. level.Metadata.ChunkShape.Select(length => (long)length)]);
    private readonly ChunkCodec _codec = new(level.Metadata.Compression, level.Metadata.Checksum, level.Metadata.DataType);
    private readonly int _chunkBytes = level.Metadata.ChunkBytes;

    /// <summary>Makes all chunks that are missing.</summary>
    public void Write(IProgressBar progress)
    {
        var threads = (int)Math.Clamp(MostBytes / ((long)_chunkBytes * ChunksPerThread), 0, Environment.ProcessorCount);
        if (threads == 0)
            throw UserException.CannotAccess($"its chunks of {Quantity.Bytes(_chunkBytes)} are too large to make levels of");
        using var workers = new ThreadLocal<Worker>(() => new Worker(_codec, _chunkBytes), trackAllValues: true);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
            Parallel.For(0, _grid.Count, options, chunk =>
            {
                Write(chunk, workers.Value!);
                progress.Add(1.0 / _grid.Count);
            });
        }
        catch (AggregateException failed) when (failed.InnerExceptions is [var first, ..])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }
        finally
        {
            foreach (var worker in workers.Values)
                worker.Dispose();
        }
    }

    private void Write(long chunk, Worker worker)
    {
        var index = new long[_grid.Rank];
        _grid.IndexOf(chunk, index);
        var key = $"{level.Key}/{ChunkGrid.Key(index)}";
        if (store.SizeOf(key) is not null)
            return;
        var (start, count) = (new long[index.Length], new long[index.Length]);
        for (var axis = 0; axis < index.Length; axis++)
        {
            start[axis] = index[axis] * level.Metadata.ChunkShape[axis] * level.Factors[axis];
            count[axis] = Math.Min(
                (long)level.Metadata.ChunkShape[axis] * level.Factors[axis], source.Metadata.Shape[axis] - start[axis]);
        }

        var size = level.Metadata.DataType.Size();
        var bytes = checked((int)(count.Aggregate((product, length) => product * length) * size));
        var pixels = worker.Source(bytes);
        var report = source.Read(Region.Of(source.Metadata.Shape.AsSpan(), start, count), pixels, cancel);
        // What is not stored below is not stored here.
        if (report.MissingChunks == report.Chunks)
            return;
        worker.Chunk.AsSpan().Clear();
        Halve(pixels, count, worker.Chunk, size);
        var encoded = worker.Encoder.Encode(worker.Chunk, worker.Encoded);
        store.Put(key, worker.Encoded.AsSpan(0, encoded), durable: false);
    }

    // Plane by plane: leading axes of the chunk are as long as those of what is read, or longer at the array's end.
    private void Halve(ReadOnlySpan<byte> pixels, long[] count, Span<byte> chunk, int size)
    {
        var shape = level.Metadata.ChunkShape;
        var (height, width) = ((int)count[^2], (int)count[^1]);
        var halving = new BlockMean.Halving(height, width, level.Factors[^2], level.Factors[^1], shape[^1]);
        var (planeFrom, planeTo) = (height * width * size, shape[^2] * shape[^1] * size);
        var planes = pixels.Length / planeFrom;
        for (var plane = 0; plane < planes; plane++)
        {
            var (rest, to, stride) = (plane, 0, 1);
            for (var axis = count.Length - 3; axis >= 0; axis--)
            {
                (rest, var at) = Math.DivRem(rest, (int)count[axis]);
                to += at * stride;
                stride *= shape[axis];
            }

            BlockMean.Halve(level.Metadata.DataType, pixels.Slice(plane * planeFrom, planeFrom),
                chunk.Slice(to * planeTo, planeTo), halving);
        }
    }

    private sealed class Worker(ChunkCodec codec, int chunkBytes) : IDisposable
    {
        private byte[] _source = [];

        public Zarr.Chunks.IChunkEncoder Encoder { get; } = codec.CreateEncoder(chunkBytes);

        public byte[] Chunk { get; } = new byte[chunkBytes];

        public byte[] Encoded { get; } = new byte[codec.MaxEncodedBytes(chunkBytes)];

        public Span<byte> Source(int bytes)
        {
            if (_source.Length < bytes)
                _source = new byte[bytes];
            return _source.AsSpan(0, bytes);
        }

        public void Dispose() => Encoder.Dispose();
    }
}
