using System.Buffers.Binary;
using OmeZarr.Zarr.Codecs;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>Reads the index of a shard as any codecs of a fixed size store it; the bytes may be hostile.</summary>
public static class StoredShardIndex
{
    /// <summary>Verifies the checksums and gives offset and size of each chunk in turn, as they are stored.</summary>
    /// <param name="source">Exactly <see cref="ShardLayout.IndexBytes"/> long.</param>
    /// <param name="layout">The shard's.</param>
    /// <param name="entries">Two for each chunk.</param>
    /// <exception cref="ZarrFormatException">A checksum does not match.</exception>
    public static void Decode(ReadOnlySpan<byte> source, ShardLayout layout, Span<ulong> entries)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, layout.IndexBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)entries.Length, (long)layout.Count * ShardIndex.NumbersPerChunk);
        for (var i = 0; i < layout.IndexChecksums; i++)
        {
            if (!Crc32C.Matches(source[..^Crc32C.SizeInBytes], source[^Crc32C.SizeInBytes..]))
                throw new ZarrFormatException("The shard's index is damaged: its crc32c does not match.");
            source = source[..^Crc32C.SizeInBytes];
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var number = source[(i * sizeof(ulong))..];
            entries[i] = layout.IsIndexBigEndian
                ? BinaryPrimitives.ReadUInt64BigEndian(number)
                : BinaryPrimitives.ReadUInt64LittleEndian(number);
        }
    }
}
