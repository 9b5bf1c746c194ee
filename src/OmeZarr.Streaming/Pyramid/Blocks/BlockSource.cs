using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>
/// A region of some planes, cut into blocks that become one pixel each; blocks at its lower and right edge are partial.
/// </summary>
internal readonly unsafe ref struct BlockSource
{
    /// <summary>The planes that a block goes through; a missing one is all zeros.</summary>
    public required ReadOnlySpan<ChunkPlane> Planes { get; init; }

    /// <summary>Rows of each plane, at least 1.</summary>
    public required long Rows { get; init; }

    /// <summary>Pixels of each row, at least 1.</summary>
    public required long Columns { get; init; }

    /// <summary>Rows of a whole block.</summary>
    public required int FactorY { get; init; }

    /// <summary>Columns of a whole block.</summary>
    public required int FactorX { get; init; }

    /// <summary>Blocks from top to bottom, partial ones too.</summary>
    public long BlocksDown => (Rows - 1) / FactorY + 1;

    /// <summary>Blocks from left to right, partial ones too.</summary>
    public long BlocksAcross => (Columns - 1) / FactorX + 1;

    /// <summary>Rows that the blocks of a row of blocks have in each plane.</summary>
    public int RowsOf(long blockRow) => (int)Math.Min(FactorY, Rows - blockRow * FactorY);

    /// <summary>Columns that a block has.</summary>
    public int ColumnsOf(long block) => (int)Math.Min(FactorX, Columns - block * FactorX);

    /// <summary>A row of pixels, or null in a missing plane.</summary>
    /// <param name="plane">The plane's number.</param>
    /// <param name="blockRow">The row of blocks.</param>
    /// <param name="row">The row within its blocks.</param>
    // SAFETY: whoever made the region vouches for the rows of its planes.
    public byte* Row(int plane, long blockRow, int row) =>
        Planes[plane].IsMissing ? null : (byte*)Planes[plane].First + (blockRow * FactorY + row) * Planes[plane].RowStride;
}
