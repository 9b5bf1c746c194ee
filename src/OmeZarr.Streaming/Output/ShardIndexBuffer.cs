using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Output;

/// <summary>Memory for the index of one shard: its entries, and their encoded form. Reused from shard to shard.</summary>
internal sealed class ShardIndexBuffer(int chunks)
{
    /// <summary>Offset and size of each chunk.</summary>
    public ulong[] Entries { get; } = new ulong[ShardIndex.NumbersPerChunk * chunks];

    public byte[] Encoded { get; } = new byte[ShardIndex.SizeInBytes(chunks)];

    /// <summary>Makes every chunk missing.</summary>
    public ShardIndexBuffer Clear()
    {
        Entries.AsSpan().Fill(ShardIndex.Empty);
        return this;
    }

    /// <summary>Brings the encoded form up to date.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        ShardIndex.Encode(Entries, Encoded);
        return Encoded;
    }
}
