using System.Buffers.Binary;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Libraries;

namespace OmeZarr.Zarr.Blosc;

/// <summary>
/// Decodes chunks of the Blosc 1 format, from any writer and possibly damaged: every size and offset is checked.
/// </summary>
internal sealed class BloscDecoder(int chunkBytes, CompressionLibraries libraries) : IChunkDecoder
{
    private BloscFormat _format;
    private StreamDecompressor? _decompressor;
    private NativeBuffer? _shuffled;

    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        ChunkArguments.CheckChunk(chunk.Length, chunkBytes);
        var header = BloscHeader.Read(encoded);
        if (header.UncompressedBytes != chunkBytes)
            throw new CodecException($"The Blosc chunk holds {header.UncompressedBytes} bytes instead of {chunkBytes}.");
        if (header.Stored)
        {
            encoded[BloscHeader.SizeInBytes..].CopyTo(chunk);
            return;
        }

        Prepare(header);
        var starts = BlockStarts(header, encoded);
        for (var rest = chunk; rest.Length > 0; starts = starts[sizeof(int)..])
        {
            var block = rest[..Math.Min(header.BlockBytes, rest.Length)];
            DecodeBlock(header, encoded, BinaryPrimitives.ReadInt32LittleEndian(starts), block);
            rest = rest[block.Length..];
        }
    }

    public void Dispose()
    {
        _decompressor?.Dispose();
        _shuffled?.Dispose();
    }

    private void Prepare(BloscHeader header)
    {
        if (_decompressor is null || _format != header.Format)
        {
            _decompressor?.Dispose();
            _decompressor = null;
            _decompressor = StreamDecompressor.Create(header.Format, libraries);
            _format = header.Format;
        }

        if (header.Shuffle != BloscShuffle.None && (_shuffled is null || _shuffled.Length < header.BlockBytes))
        {
            _shuffled?.Dispose();
            _shuffled = null;
            _shuffled = new NativeBuffer(header.BlockBytes);
        }
    }

    private static ReadOnlySpan<byte> BlockStarts(BloscHeader header, ReadOnlySpan<byte> encoded)
    {
        var blocks = ((long)header.UncompressedBytes + header.BlockBytes - 1) / header.BlockBytes;
        if (blocks * sizeof(int) > encoded.Length - BloscHeader.SizeInBytes)
            throw new CodecException($"The Blosc chunk is too short for its list of {blocks} blocks.");
        return encoded.Slice(BloscHeader.SizeInBytes, (int)blocks * sizeof(int));
    }

    private void DecodeBlock(BloscHeader header, ReadOnlySpan<byte> encoded, int start, Span<byte> block)
    {
        if (start < BloscHeader.SizeInBytes || start > encoded.Length)
            throw new CodecException($"A block of the Blosc chunk would start at {start} of {encoded.Length} bytes.");
        if (!BlockFilter.Applies(header.Shuffle, header.TypeSize, block.Length))
        {
            DecodeStreams(header, encoded[start..], block);
            return;
        }

        var shuffled = _shuffled!.Span(block.Length);
        DecodeStreams(header, encoded[start..], shuffled);
        BlockFilter.Unshuffle(header.Shuffle, header.TypeSize, shuffled, block);
    }

    private void DecodeStreams(BloscHeader header, ReadOnlySpan<byte> source, Span<byte> block)
    {
        var streamBytes = block.Length / StreamsIn(header, block.Length);
        for (; block.Length > 0; block = block[streamBytes..])
        {
            if (source.Length < sizeof(int))
                throw new CodecException("The Blosc chunk is cut off before a stream.");
            var length = BinaryPrimitives.ReadInt32LittleEndian(source);
            source = source[sizeof(int)..];
            if (length < 0 || length > source.Length)
                throw new CodecException($"A stream of the Blosc chunk claims {length} bytes where {source.Length} are left.");
            DecodeStream(source[..length], block[..streamBytes]);
            source = source[length..];
        }
    }

    private void DecodeStream(ReadOnlySpan<byte> source, Span<byte> stream)
    {
        if (source.Length == stream.Length)
            source.CopyTo(stream);
        else if (!_decompressor!.TryDecompress(source, stream))
            throw new CodecException($"A stream of the Blosc chunk is not valid {_format} data of {stream.Length} bytes.");
    }

    /// <summary>As in every decoder: neither a short last block nor short streams are split, whatever the flag says.</summary>
    private static int StreamsIn(BloscHeader header, int blockLength)
    {
        var split = header.Split
            && blockLength == header.BlockBytes
            && header.TypeSize <= BloscPlan.MaxStreams
            && blockLength / header.TypeSize >= BloscPlan.MinStreamBytes;
        if (split && blockLength % header.TypeSize != 0)
            throw new CodecException($"Blocks of {blockLength} bytes cannot be split into {header.TypeSize} streams.");
        return split ? header.TypeSize : 1;
    }
}
