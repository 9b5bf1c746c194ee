using System.Buffers.Binary;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>
/// The index of a shard: where each chunk lies in it, as pairs of offset and number of bytes in C order of the chunks, 64-bit
/// little-endian, closed by a crc32c. Both numbers of a chunk that is not there are <see cref="Empty"/>.
/// </summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/index.html"/>
public static class ShardIndex
{
    /// <summary>Offset and size of a chunk that is not stored.</summary>
    public const ulong Empty = ulong.MaxValue;

    /// <summary>Numbers in the index for each chunk: offset, then bytes.</summary>
    public const int NumbersPerChunk = 2;

    /// <summary>Bytes of the index of a shard of <paramref name="chunks"/> chunks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no chunk, or the index would exceed 2^31 - 1 bytes.</exception>
    public static int SizeInBytes(long chunks)
    {
        const int BytesPerChunk = NumbersPerChunk * sizeof(ulong);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunks);
        if (chunks > (int.MaxValue - Crc32C.SizeInBytes) / BytesPerChunk)
            throw new ArgumentOutOfRangeException(nameof(chunks), chunks, "A shard of so many chunks has too large an index.");
        return (int)chunks * BytesPerChunk + Crc32C.SizeInBytes;
    }

    /// <summary>Writes the index with its checksum.</summary>
    /// <param name="entries">Offset and size of each chunk in turn.</param>
    /// <param name="destination">Exactly <see cref="SizeInBytes"/> long.</param>
    public static void Encode(ReadOnlySpan<ulong> entries, Span<byte> destination)
    {
        CheckSizes(entries.Length, destination.Length);
        for (var i = 0; i < entries.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], entries[i]);
        Crc32C.Write(destination[..^Crc32C.SizeInBytes], destination[^Crc32C.SizeInBytes..]);
    }

    /// <summary>
    /// Reads an index that may be damaged, and verifies its checksum. Offsets are as stored; see <see cref="Locate"/>.
    /// </summary>
    /// <param name="source">Exactly <see cref="SizeInBytes"/> long.</param>
    /// <param name="entries">Receives offset and size of each chunk in turn.</param>
    /// <exception cref="ZarrFormatException">The checksum does not match.</exception>
    public static void Decode(ReadOnlySpan<byte> source, Span<ulong> entries)
    {
        CheckSizes(entries.Length, source.Length);
        if (!Crc32C.Matches(source[..^Crc32C.SizeInBytes], source[^Crc32C.SizeInBytes..]))
            throw new ZarrFormatException("The shard's index is damaged: its crc32c does not match.");
        for (var i = 0; i < entries.Length; i++)
            entries[i] = BinaryPrimitives.ReadUInt64LittleEndian(source[(i * sizeof(ulong))..]);
    }

    /// <summary>The range of a chunk's bytes in a shard, or null when the chunk is not stored.</summary>
    /// <param name="entries">The decoded index.</param>
    /// <param name="chunk">The chunk's position in C order.</param>
    /// <param name="shardBytes">Bytes of the whole shard.</param>
    /// <exception cref="ZarrFormatException">The range lies outside the shard.</exception>
    public static (long Offset, long Length)? Locate(ReadOnlySpan<ulong> entries, int chunk, long shardBytes)
    {
        var offset = entries[chunk * NumbersPerChunk];
        var length = entries[chunk * NumbersPerChunk + 1];
        if (offset == Empty && length == Empty)
            return null;
        if (offset > (ulong)shardBytes || length > (ulong)shardBytes - offset)
        {
            throw new ZarrFormatException(
                $"The shard's index places chunk {chunk} at {offset} with {length} bytes; the shard has {shardBytes}.");
        }

        return ((long)offset, (long)length);
    }

    private static void CheckSizes(int numbers, int bytes)
    {
        if (numbers % NumbersPerChunk != 0)
            throw new ArgumentException($"An index consists of pairs; {numbers} numbers were given.");
        var needed = SizeInBytes(numbers / NumbersPerChunk);
        if (bytes != needed)
            throw new ArgumentException($"An index of {numbers} numbers takes {needed} bytes; {bytes} were given.");
    }
}
