using System.Buffers.Binary;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Zarr.Blosc;

/// <summary>The compressed formats inside a Blosc chunk, as its header numbers them.</summary>
internal enum BloscFormat
{
    BloscLz = 0,
    Lz4 = 1,
    Snappy = 2,
    Zlib = 3,
    Zstd = 4,
}

/// <summary>
/// The 16 bytes at the start of a Blosc1 chunk: version, version of the compressed format, flags, element size, then
/// uncompressed size, block size and compressed size, each 32 bits little-endian.
/// </summary>
/// <seealso href="https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst"/>
internal readonly record struct BloscHeader
{
    internal const int SizeInBytes = 16;

    private const byte FormatVersion = 2;
    private const byte CompressorVersion = 1;
    private const int ShuffleFlag = 0x01;
    private const int StoredFlag = 0x02;
    private const int BitShuffleFlag = 0x04;
    private const int ReservedFlag = 0x08;
    private const int UnsplitFlag = 0x10;
    private const int FormatShift = 5;

    internal required BloscFormat Format { get; init; }

    internal required BloscShuffle Shuffle { get; init; }

    /// <summary>The bytes follow as they are: neither shuffled nor compressed.</summary>
    internal required bool Stored { get; init; }

    /// <summary>Whole blocks are compressed as one stream for each byte of the element.</summary>
    internal required bool Split { get; init; }

    /// <summary>Bytes of an element, 1 to 255.</summary>
    internal required int TypeSize { get; init; }

    internal required int UncompressedBytes { get; init; }

    internal required int BlockBytes { get; init; }

    /// <summary>Bytes of the chunk with this header.</summary>
    internal required int CompressedBytes { get; init; }

    /// <summary>The most that a chunk takes: what does not compress is stored behind a header.</summary>
    internal static long MaxChunkBytes(int uncompressedBytes) => (long)uncompressedBytes + SizeInBytes;

    internal void Write(Span<byte> destination)
    {
        var flags = (int)Format << FormatShift;
        flags |= Shuffle switch { BloscShuffle.Byte => ShuffleFlag, BloscShuffle.Bit => BitShuffleFlag, _ => 0 };
        flags |= Stored ? StoredFlag : 0;
        flags |= Split ? 0 : UnsplitFlag;
        destination[0] = FormatVersion;
        destination[1] = CompressorVersion;
        destination[2] = (byte)flags;
        destination[3] = (byte)TypeSize;
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], UncompressedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], BlockBytes);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], CompressedBytes);
    }

    /// <summary>Reads a header from bytes that may be hostile: every size in the result is plausible.</summary>
    /// <param name="chunk">The whole stored chunk.</param>
    /// <exception cref="CodecException">It is no Blosc1 chunk, or its sizes contradict each other.</exception>
    internal static BloscHeader Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < SizeInBytes)
            throw new CodecException($"A Blosc chunk has at least {SizeInBytes} bytes; this one has {chunk.Length}.");
        if (chunk[0] != FormatVersion || chunk[1] != CompressorVersion || (chunk[2] & ReservedFlag) != 0)
            throw new CodecException($"A Blosc chunk of version {chunk[0]}.{chunk[1]} with flags {chunk[2]:x2} is unknown.");

        int flags = chunk[2];
        var header = new BloscHeader
        {
            Format = (BloscFormat)(flags >> FormatShift),
            Shuffle = ShuffleOf(flags, chunk[3]),
            Stored = (flags & StoredFlag) != 0,
            Split = (flags & UnsplitFlag) == 0,
            TypeSize = chunk[3],
            UncompressedBytes = BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]),
            BlockBytes = BinaryPrimitives.ReadInt32LittleEndian(chunk[8..]),
            CompressedBytes = BinaryPrimitives.ReadInt32LittleEndian(chunk[12..]),
        };
        header.CheckSizes(chunk.Length);
        return header;
    }

    /// <summary>Both flags at once mean the byte shuffle, unless elements are single bytes.</summary>
    private static BloscShuffle ShuffleOf(int flags, int typeSize)
    {
        if ((flags & ShuffleFlag) != 0 && typeSize > 1)
            return BloscShuffle.Byte;
        return (flags & BitShuffleFlag) != 0 ? BloscShuffle.Bit : BloscShuffle.None;
    }

    private void CheckSizes(int givenBytes)
    {
        if (CompressedBytes != givenBytes)
            throw new CodecException($"The Blosc chunk says it has {CompressedBytes} bytes and has {givenBytes}.");
        if (TypeSize == 0 || UncompressedBytes <= 0 || BlockBytes <= 0 || BlockBytes > UncompressedBytes)
        {
            throw new CodecException(
                $"A Blosc chunk of {UncompressedBytes} bytes in blocks of {BlockBytes} with elements of {TypeSize} is invalid.");
        }

        if (Stored && CompressedBytes != MaxChunkBytes(UncompressedBytes))
            throw new CodecException($"The stored Blosc chunk has {CompressedBytes} bytes for {UncompressedBytes} of data.");
    }
}
