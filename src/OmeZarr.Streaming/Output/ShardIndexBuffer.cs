using OmeZarr.Memory;
using OmeZarr.Zarr;

namespace OmeZarr.Streaming.Output;

/// <summary>Memory for the index of one shard: its entries and their encoded form. Reused from shard to shard.</summary>
internal sealed class ShardIndexBuffer(int chunks) : IDisposable
{
    private readonly FixedTable<ulong> _entries = new(ShardIndex.NumbersPerChunk * chunks);
    private readonly FixedTable<byte> _encoded = new(ShardIndex.SizeInBytes(chunks));

    /// <summary>Offset and size of each chunk.</summary>
    public Span<ulong> Entries => _entries.Span;

    public Span<byte> Encoded => _encoded.Span;

    /// <summary>The memory of an index, in bytes.</summary>
    public static long BytesFor(int chunks) =>
        FixedTable.BytesFor<ulong>(ShardIndex.NumbersPerChunk * chunks)
            + FixedTable.BytesFor<byte>(ShardIndex.SizeInBytes(chunks));

    /// <summary>The part of it on the managed heap.</summary>
    public static long HeapBytesFor(int chunks) =>
        FixedTable.HeapBytesFor<ulong>(ShardIndex.NumbersPerChunk * chunks)
            + FixedTable.HeapBytesFor<byte>(ShardIndex.SizeInBytes(chunks));

    /// <summary>Marks every chunk as missing.</summary>
    public ShardIndexBuffer Clear()
    {
        Entries.Fill(ShardIndex.Empty);
        return this;
    }

    /// <summary>Updates and returns the encoded form.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        ShardIndex.Encode(Entries, Encoded);
        return Encoded;
    }

    /// <summary>Only once no thread uses it any more.</summary>
    public void Dispose()
    {
        _entries.Dispose();
        _encoded.Dispose();
    }
}
