using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// The <c>blosc</c> codec: the chunk format of Blosc 1 over LZ4, zstd and the runtime's zlib. What it writes is decoded by
/// c-blosc. Allocates nothing while encoding, except with zlib.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/blosc/index.html"/>
internal sealed unsafe class BloscEncoder : IChunkEncoder
{
    private readonly BloscPlan _plan;
    private readonly StreamCompressor _compressor;
    private readonly BlockBuffer _block;
    private readonly NoiseAwareEncoder? _noiseAware;

    internal BloscEncoder(Compression.Blosc settings, int typeSize, int chunkBytes, CompressionLibraries libraries)
    {
        _plan = new BloscPlan(settings, typeSize, chunkBytes);
        var noisePlan = BloscPlan.ForNoise(_plan);
        _block = new BlockBuffer(_plan, BlockBufferBytes(_plan));
        _compressor = StreamCompressor.Create(settings, libraries);
        if (noisePlan is not null)
            _noiseAware = new NoiseAwareEncoder(noisePlan, _compressor, _block);
    }

    /// <summary>Bytes of the scratch memory for a block, whichever way the chunk is cut.</summary>
    internal static int BlockBufferBytes(BloscPlan plan) => BloscPlan.ForNoise(plan) is { } noisePlan
        ? Math.Max(Math.Max(plan.BlockBytes, noisePlan.BlockBytes), NoiseEstimator.MaxRunElements * plan.TypeSize)
        : plan.BlockBytes;

    public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(chunk.Length, _plan.ChunkBytes);
        ChunkArguments.CheckDestination(destination.Length, BloscHeader.MaxChunkBytes(chunk.Length));
        if (_plan.Stored)
            return BloscChunkWriter.Store(_plan, chunk, destination);
        if (_noiseAware is not null && EncodeNoise(chunk, destination) is > 0 and var length)
            return length;

        var writer = new BloscChunkWriter(_plan, _compressor, destination);
        for (var block = 0; block < _plan.BlockCount; block++)
        {
            var bytes = chunk.Slice(_plan.BlockStart(block), _plan.BlockLength(block));
            if (!writer.TryAppend(_block.Shuffle(bytes)))
                return BloscChunkWriter.Store(_plan, chunk, destination);
        }

        return writer.Finish();
    }

    public int Encode(in ChunkPixels rows, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(rows.ChunkBytes, _plan.ChunkBytes);
        ChunkArguments.CheckDestination(destination.Length, BloscHeader.MaxChunkBytes(_plan.ChunkBytes));
        var whole = rows.WholeOrNull();

        // SAFETY: the maker of the rows vouches for their memory, which is whole here.
        if (whole != null)
            return Encode(new ReadOnlySpan<byte>(whole, _plan.ChunkBytes), destination);
        if (_plan.Stored)
            return BloscChunkWriter.Store(_plan, rows, destination);

        var cursor = new ChunkPixelCursor(rows);
        ChunkArguments.CheckElements(cursor.IsAlignedTo(_plan.TypeSize), _plan.TypeSize);
        if (_noiseAware?.TryEncode(rows, destination) is > 0 and var length)
            return length;

        var writer = new BloscChunkWriter(_plan, _compressor, destination);
        for (var block = 0; block < _plan.BlockCount; block++)
        {
            if (!writer.TryAppend(_block.Shuffle(ref cursor, _plan.BlockLength(block))))
                return BloscChunkWriter.Store(_plan, rows, destination);
        }

        return writer.Finish();
    }

    private int EncodeNoise(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        // SAFETY: the chunk is pinned for the call, and one row of all its bytes.
        fixed (byte* first = chunk)
        {
            ReadOnlySpan<ChunkPlane> planes = [new((nint)first, chunk.Length)];
            return _noiseAware!.TryEncode(
                new ChunkPixels
                {
                    Planes = planes,
                    PlaneRows = 1,
                    RowBytes = chunk.Length,
                    ValidRows = 1,
                    ValidRowBytes = chunk.Length,
                },
                destination);
        }
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _block.Dispose();
    }
}
