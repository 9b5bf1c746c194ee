using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Brings a chunk's blocks into the order that is compressed. A block that lies in pieces is shuffled piece by piece straight
/// into its place. Not thread-safe.
/// </summary>
internal sealed unsafe class BlockBuffer : IDisposable
{
    private readonly BloscShuffle _shuffle;
    private readonly int _typeSize;
    private readonly NativeBuffer _block;

    /// <param name="plan">How the chunk is shuffled.</param>
    /// <param name="bytes">Bytes of the largest block.</param>
    internal BlockBuffer(BloscPlan plan, int bytes)
    {
        _shuffle = plan.Settings.Shuffle;
        _typeSize = plan.TypeSize;
        _block = new NativeBuffer(bytes);
    }

    /// <summary>The memory, for whoever shuffles by himself.</summary>
    internal byte* Pointer => _block.Pointer;

    /// <summary>A block that lies in one piece. The result is valid until the next call.</summary>
    internal ReadOnlySpan<byte> Shuffle(ReadOnlySpan<byte> block)
    {
        if (!BlockFilter.Applies(_shuffle, _typeSize, block.Length))
            return block;
        var shuffled = _block.Span(block.Length);
        BlockFilter.Shuffle(_shuffle, _typeSize, block, shuffled);
        return shuffled;
    }

    /// <summary>The next block of a chunk that lies in pieces. The result is valid until the next call.</summary>
    /// <param name="rows">The chunk, whose bytes before the block have been taken.</param>
    /// <param name="length">Bytes of the block; whole elements.</param>
    internal ReadOnlySpan<byte> Shuffle(scoped ref ChunkPixelCursor rows, int length)
    {
        if (!BlockFilter.Applies(_shuffle, _typeSize, length))
            return Gather(ref rows, length);
        if (_shuffle == BloscShuffle.Byte)
            RowShuffle.ToPlanes(ref rows, _block.Pointer, length / _typeSize, length / _typeSize, _typeSize);
        else
            RowShuffle.ToBitRows(ref rows, _block.Pointer, length / _typeSize, _typeSize);
        return _block.Span(length);
    }

    public void Dispose() => _block.Dispose();

    private ReadOnlySpan<byte> Gather(scoped ref ChunkPixelCursor rows, int length)
    {
        var run = rows.Next(length, out var source);

        // SAFETY: the run is that long and stays as it is while the chunk is encoded.
        if (run == length && source != null)
            return new ReadOnlySpan<byte>(source, length);
        var block = _block.Span(length);
        if (source == null)
            block[..run].Clear();
        else
            new ReadOnlySpan<byte>(source, run).CopyTo(block);
        rows.CopyTo(block[run..]);
        return block;
    }
}
