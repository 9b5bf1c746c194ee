using OmeZarr.Memory;

namespace OmeZarr.Zarr.Chunks;

/// <summary>The input of compressors that want a chunk in one piece. Not thread-safe.</summary>
internal sealed unsafe class ContiguousChunk(int chunkBytes) : IDisposable
{
    private readonly NativeBuffer _memory = new(chunkBytes);

    /// <summary>The chunk in one piece: where it lies, if it does so whole, or gathered. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Of(in ChunkPixels rows)
    {
        ChunkArguments.CheckChunk(rows.ChunkBytes, chunkBytes);
        var whole = rows.WholeOrNull();

        // SAFETY: the maker of the rows vouches for their memory, which is whole here.
        if (whole != null)
            return new ReadOnlySpan<byte>(whole, chunkBytes);
        var gathered = _memory.Span(chunkBytes);
        rows.CopyTo(gathered);
        return gathered;
    }

    public void Dispose() => _memory.Dispose();
}
