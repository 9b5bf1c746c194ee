using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OmeZarr.Memory;
using OmeZarr.Zarr.Chunks;
using OmeZarr.Zarr.Codecs;

namespace OmeZarr.Zarr.Stored;

/// <summary>
/// Decodes innermost chunks of one array, which may be hostile: checksums are verified, sizes have to be the right ones, and
/// memory stays within <see cref="MostBytes"/>. Keeps its memory. Not thread-safe.
/// </summary>
public sealed class StoredChunkDecoder : IDisposable
{
    /// <summary>What codecs may add to bytes that they cannot make fewer, and more.</summary>
    private const int Overhead = 64 << 10;

    private readonly ChunkLayout _layout;
    private readonly ElementType _type;
    private readonly int _bytes;
    private readonly BytesDecoder?[] _decoders;
    private readonly NativeBuffer?[] _between = new NativeBuffer?[2];

    /// <param name="array">The array whose innermost chunks are decoded.</param>
    public StoredChunkDecoder(StoredArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        _layout = array.Chunk.Innermost;
        _type = array.Type;
        _bytes = array.ChunkBytes;
        _decoders = new BytesDecoder?[_layout.Codecs.Length];
    }

    /// <summary>Whether stored bytes are the elements' own, as they are.</summary>
    public bool IsPlain => _layout.Codecs.IsEmpty && !(_layout.IsBigEndian && _type.Size > 1);

    /// <summary>The most bytes that a stored chunk can sensibly have: no codec makes as many of so few.</summary>
    public static long MostEncodedBytes(StoredArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return array.ChunkBytes + Additional(array.ChunkBytes) * array.Chunk.Innermost.Codecs.Length;
    }

    /// <summary>The most memory that a decoder holds beside the stored bytes and the decoded ones.</summary>
    public static long MostBytes(StoredArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        // Blosc has a block of its own, which may be the whole chunk; bytes between codecs are at most two buffers.
        var codecs = array.Chunk.Innermost.Codecs;
        var buffers = codecs.Count(codec => codec == BytesCodec.Blosc) + Math.Clamp(codecs.Length - 1, 0, 2);
        return buffers * (MostEncodedBytes(array) + NativeBuffer.Alignment);
    }

    /// <summary>Decodes a chunk into elements in the order of the layout, little-endian.</summary>
    /// <param name="encoded">The stored bytes; may be hostile.</param>
    /// <param name="chunk">Exactly the chunk's size.</param>
    /// <exception cref="CodecException">They are no valid encoding of a chunk of this size.</exception>
    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> chunk)
    {
        ChunkArguments.CheckChunk(chunk.Length, _bytes);
        var between = 0;
        for (var codec = _layout.Codecs.Length - 1; codec >= 0; codec--)
        {
            if (_layout.Codecs[codec] == BytesCodec.Crc32C)
            {
                encoded = Verified(encoded);
                continue;
            }

            var into = codec == 0 ? chunk : Between(codec, between++ % _between.Length);
            var bytes = (_decoders[codec] ??= BytesDecoder.Create(_layout.Codecs[codec])).Decode(encoded, into);
            encoded = into[..bytes];
        }

        if (encoded.Length != _bytes)
            throw new CodecException($"The stored chunk holds {encoded.Length} bytes instead of {_bytes}.");
        // The first codec of a chain decodes where the chunk belongs; only checksums alone, or none, leave it elsewhere.
        if (_layout.Codecs.IsEmpty || _layout.Codecs[0] == BytesCodec.Crc32C)
            encoded.CopyTo(chunk);
        if (_layout.IsBigEndian)
            Swap(chunk, _type.SwappedBytes);
    }

    public void Dispose()
    {
        foreach (var decoder in _decoders)
            decoder?.Dispose();
        foreach (var buffer in _between)
            buffer?.Dispose();
    }

    /// <summary>What comes out of a codec that is not the last to be undone; the one after it reads from the other.</summary>
    private Span<byte> Between(int codec, int number)
    {
        var buffer = _between[number] ??= new NativeBuffer(RoomBefore(_decoders.Length));
        return buffer.Span(RoomBefore(codec));
    }

    /// <summary>The most bytes that a codec of the chain can have been given.</summary>
    private int RoomBefore(int codec) => (int)Math.Min(int.MaxValue, _bytes + Additional(_bytes) * codec);

    private static long Additional(int bytes) => bytes / 64 + Overhead;

    private static ReadOnlySpan<byte> Verified(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < Crc32C.SizeInBytes)
            throw new CodecException($"The stored chunk has {encoded.Length} bytes and so no crc32c.");
        var data = encoded[..^Crc32C.SizeInBytes];
        return Crc32C.Matches(data, encoded[^Crc32C.SizeInBytes..])
            ? data
            : throw new CodecException("The stored chunk is damaged: its crc32c does not match.");
    }

    private static void Swap(Span<byte> elements, int bytes)
    {
        switch (bytes)
        {
            case 2:
                BinaryPrimitives.ReverseEndianness(Of<ushort>(elements), Of<ushort>(elements));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(Of<uint>(elements), Of<uint>(elements));
                break;
            case 8:
                BinaryPrimitives.ReverseEndianness(Of<ulong>(elements), Of<ulong>(elements));
                break;
        }

        static Span<T> Of<T>(Span<byte> bytes)
            where T : struct => MemoryMarshal.Cast<byte, T>(bytes);
    }
}
