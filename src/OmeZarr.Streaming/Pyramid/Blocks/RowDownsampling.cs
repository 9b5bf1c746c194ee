namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>Reduces blocks of any size and number type, pixel by pixel.</summary>
internal abstract unsafe class RowDownsampling
{
    /// <summary>Reduces the blocks of one row of blocks.</summary>
    /// <param name="source">The region.</param>
    /// <param name="blockRow">Which row of its blocks.</param>
    /// <param name="first">The first block wanted; all from there on are downsampled.</param>
    /// <param name="target">Receives the pixel of block 0, were it wanted; the others follow.</param>
    public abstract void Downsample(in BlockSource source, long blockRow, long first, byte* target);
}
