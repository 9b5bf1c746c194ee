using System.Runtime.CompilerServices;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Encodes chunks in which some streams are noise: those are stored or coded by entropy alone, and the others compressed as
/// always. The lowest bytes of a camera's pixels are noise; a compressor spends most of its time there, and gains next to
/// nothing.
/// </summary>
internal sealed unsafe class NoiseAwareEncoder
{
    private readonly BloscPlan _plan;
    private readonly StreamCompressor _compressor;
    private readonly BlockBuffer _block;
    private readonly NoiseEstimator _estimator;
    private readonly bool _isShuffled;

    /// <param name="plan">Made by <see cref="BloscPlan.ForNoise"/>.</param>
    /// <param name="compressor">Compresses the streams.</param>
    /// <param name="block">Scratch memory for a block of the plan.</param>
    internal NoiseAwareEncoder(BloscPlan plan, StreamCompressor compressor, BlockBuffer block)
    {
        _plan = plan;
        _compressor = compressor;
        _block = block;
        _isShuffled = plan.Settings.Shuffle != BloscShuffle.None;
        var streams = _isShuffled ? plan.TypeSize : 1;
        _estimator = new NoiseEstimator(plan.Settings, streams, plan.ChunkBytes / streams,
            isMixed: plan.TypeSize > streams || plan.Settings.Shuffle == BloscShuffle.Bit);
    }

    /// <summary>Encodes a chunk; 0 when none of it is noise.</summary>
    internal int TryEncode(in ChunkPixels rows, Span<byte> destination)
    {
        Span<StreamChoice> choices = stackalloc StreamChoice[BloscPlan.MaxStreams];
        choices = choices[.._plan.TypeSize];
        if (!_estimator.TryFind(rows, _block.Pointer, choices))
            return 0;
        if (!_isShuffled)
            choices[1..].Fill(choices[0]);
        if (choices.IndexOfAnyExcept(StreamChoice.Store) < 0)
            return BloscChunkWriter.Store(_plan, rows, destination);

        var writer = new BloscChunkWriter(_plan, _compressor, destination);
        var cursor = new ChunkPixelCursor(rows);

        // SAFETY: streams are written inside the destination, where the writer has reserved them.
        fixed (byte* start = destination)
        {
            for (var block = 0; block < _plan.BlockCount; block++)
            {
                var isAppended = _plan.BlockLength(block) == _plan.BlockBytes
                    ? TryAppend(ref writer, ref cursor, start, choices)
                    : writer.TryAppend(_block.Shuffle(ref cursor, _plan.BlockLength(block)));
                if (!isAppended)
                    return BloscChunkWriter.Store(_plan, rows, destination);
            }
        }

        return writer.Finish();
    }

    private bool TryAppend(
        ref BloscChunkWriter writer, scoped ref ChunkPixelCursor cursor, byte* start, scoped ReadOnlySpan<StreamChoice> choices)
    {
        var stored = _plan.Settings.Shuffle == BloscShuffle.Byte && _plan.TypeSize > 1 && _plan.Split
            ? choices.IndexOfAnyExcept(StreamChoice.Store)
            : 0;
        if (stored == 0)
            return writer.TryAppend(_block.Shuffle(ref cursor, _plan.BlockBytes), choices);
        return TryAppendInPlace(ref writer, ref cursor, start, stored, choices);
    }

    /// <summary>The first streams go from the chunk straight to where they are stored.</summary>
    [SkipLocalsInit]
    private bool TryAppendInPlace(
        ref BloscChunkWriter writer, scoped ref ChunkPixelCursor cursor, byte* start, int stored,
        scoped ReadOnlySpan<StreamChoice> choices)
    {
        var streamBytes = _plan.BlockBytes / _plan.TypeSize;
        var planes = stackalloc byte*[BloscPlan.MaxStreams];
        writer.Begin();
        for (var plane = 0; plane < stored; plane++)
        {
            if (!writer.TryReserve(streamBytes, out var position))
                return false;
            planes[plane] = start + position;
        }

        for (var plane = stored; plane < _plan.TypeSize; plane++)
            planes[plane] = _block.Pointer + (nint)(plane - stored) * streamBytes;
        RowShuffle.ToPlanes(ref cursor, planes, streamBytes, _plan.TypeSize);
        for (var plane = stored; plane < _plan.TypeSize; plane++)
        {
            // SAFETY: the block's memory holds a stream for each byte of the element.
            if (!writer.TryAppendStream(new ReadOnlySpan<byte>(planes[plane], streamBytes), choices[plane]))
                return false;
        }

        return true;
    }
}
