using OmeZarr.Memory;

namespace OmeZarr.Zarr.Codecs.Blosc;

/// <summary>
/// The <c>blosc</c> codec: the chunk format of Blosc 1 over liblz4, libzstd and the runtime's zlib. What it writes is decoded by
/// c-blosc. Allocates nothing while encoding, except with zlib.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/blosc/index.html"/>
internal sealed class BloscEncoder : IChunkEncoder
{
    private readonly BloscPlan _plan;
    private readonly StreamCompressor _compressor;
    private readonly NativeBuffer? _shuffled;

    internal BloscEncoder(Compression.Blosc settings, int typeSize, int chunkBytes)
    {
        _plan = new BloscPlan(settings, typeSize, chunkBytes);
        _shuffled = settings.Shuffle == BloscShuffle.None ? null : new NativeBuffer(_plan.BlockBytes);
        _compressor = StreamCompressor.Create(settings);
    }

    public int Encode(ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        ChunkArguments.CheckChunk(chunk.Length, _plan.ChunkBytes);
        ChunkArguments.CheckDestination(destination.Length, BloscHeader.MaxChunkBytes(chunk.Length));
        if (_plan.Stored)
            return BloscChunkWriter.Store(_plan, chunk, destination);

        var writer = new BloscChunkWriter(_plan, _compressor, destination);
        for (var block = 0; block < _plan.BlockCount; block++)
        {
            var bytes = chunk.Slice(_plan.BlockStart(block), _plan.BlockLength(block));
            if (!writer.TryAppend(Shuffle(bytes)))
                return BloscChunkWriter.Store(_plan, chunk, destination);
        }

        return writer.Finish();
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _shuffled?.Dispose();
    }

    private ReadOnlySpan<byte> Shuffle(ReadOnlySpan<byte> block)
    {
        var shuffle = _plan.Settings.Shuffle;
        if (!BlockFilter.Applies(shuffle, _plan.TypeSize, block.Length))
            return block;
        var shuffled = _shuffled!.Span(block.Length);
        BlockFilter.Shuffle(shuffle, _plan.TypeSize, block, shuffled);
        return shuffled;
    }
}
