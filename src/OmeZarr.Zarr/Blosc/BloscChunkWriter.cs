using System.Buffers.Binary;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Writes a chunk block by block: header, where each block starts, then the blocks' streams, each behind its size. The
/// blocks come already shuffled, from wherever that was done.
/// </summary>
internal ref struct BloscChunkWriter
{
    private readonly BloscPlan _plan;
    private readonly StreamCompressor _compressor;
    private readonly Span<byte> _destination;
    private int _position;
    private int _block;

    /// <param name="plan">The chunk's cut.</param>
    /// <param name="compressor">Compresses the streams.</param>
    /// <param name="destination">
    /// At least <see cref="BloscHeader.MaxChunkBytes"/> long; a chunk that needs more is not worth compressing.
    /// </param>
    internal BloscChunkWriter(BloscPlan plan, StreamCompressor compressor, Span<byte> destination)
    {
        _plan = plan;
        _compressor = compressor;
        _destination = destination[..(int)BloscHeader.MaxChunkBytes(plan.ChunkBytes)];
        _position = plan.IndexBytes;
    }

    /// <summary>Compresses the next block. False when the chunk as a whole gains nothing, and must be stored.</summary>
    internal bool TryAppend(ReadOnlySpan<byte> block) => TryAppend(block, []);

    /// <summary>The same, with a choice for each stream; without one, it is searched.</summary>
    internal bool TryAppend(ReadOnlySpan<byte> block, scoped ReadOnlySpan<StreamChoice> choices)
    {
        Begin();
        var streamBytes = block.Length / _plan.StreamsIn(block.Length);
        for (var stream = 0; block.Length > 0; block = block[streamBytes..], stream++)
        {
            if (!TryAppendStream(block[..streamBytes], stream < choices.Length ? choices[stream] : StreamChoice.Search))
                return false;
        }

        return true;
    }

    /// <summary>Begins the next block, whose streams follow one by one.</summary>
    internal void Begin()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_destination[(BloscHeader.SizeInBytes + _block * sizeof(int))..], _position);
        _block++;
    }

    /// <summary>Makes room for a stream that the caller stores. False when the chunk as a whole gains nothing.</summary>
    internal bool TryReserve(int streamBytes, out int position)
    {
        position = _position + sizeof(int);
        if (_destination.Length - position < streamBytes)
            return false;
        BinaryPrimitives.WriteInt32LittleEndian(_destination[_position..], streamBytes);
        _position = position + streamBytes;
        return true;
    }

    /// <summary>Writes the header and returns the chunk's size.</summary>
    internal readonly int Finish()
    {
        WriteHeader(_plan, stored: false, _position, _destination);
        return _position;
    }

    /// <summary>Writes the chunk without compression and returns its size.</summary>
    internal static int Store(BloscPlan plan, ReadOnlySpan<byte> chunk, Span<byte> destination)
    {
        chunk.CopyTo(destination[BloscHeader.SizeInBytes..]);
        return FinishStored(plan, destination);
    }

    /// <summary>Writes a chunk that lies in pieces, without compression, and returns its size.</summary>
    internal static int Store(BloscPlan plan, in ChunkPixels rows, Span<byte> destination)
    {
        rows.CopyTo(destination[BloscHeader.SizeInBytes..]);
        return FinishStored(plan, destination);
    }

    /// <summary>A stream that does not shrink is stored at its full length, which is how a decoder knows.</summary>
    internal bool TryAppendStream(ReadOnlySpan<byte> stream, StreamChoice choice)
    {
        var room = _destination.Length - _position - sizeof(int);
        if (room <= 0)
            return false;
        var target = _destination.Slice(_position + sizeof(int), Math.Min(room, stream.Length));
        var length = choice == StreamChoice.Store ? stream.Length : _compressor.Compress(stream, target, choice);
        if (length == StreamCompressor.DoesNotFit || length == stream.Length)
        {
            if (!stream.TryCopyTo(target))
                return false;
            length = stream.Length;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_destination[_position..], length);
        _position += sizeof(int) + length;
        return true;
    }

    private static int FinishStored(BloscPlan plan, Span<byte> destination)
    {
        var length = (int)BloscHeader.MaxChunkBytes(plan.ChunkBytes);
        WriteHeader(plan, stored: true, length, destination);
        return length;
    }

    private static void WriteHeader(BloscPlan plan, bool stored, int length, Span<byte> destination) =>
        new BloscHeader
        {
            Format = plan.Format,
            Shuffle = plan.Settings.Shuffle,
            Stored = stored,
            Split = plan.Split,
            TypeSize = plan.TypeSize,
            UncompressedBytes = plan.ChunkBytes,
            BlockBytes = plan.BlockBytes,
            CompressedBytes = length,
        }.Write(destination);
}
