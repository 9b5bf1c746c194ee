namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>Downsamples blocks of any size and number type, pixel by pixel.</summary>
internal abstract unsafe class RowDownsampling
{
    /// <summary>Downsamples one row of blocks.</summary>
    /// <param name="source">The region.</param>
    /// <param name="blockRow">The row of blocks.</param>
    /// <param name="first">The first block wanted; all from there on are downsampled.</param>
    /// <param name="target">Where the pixel of block 0 would go; the others follow.</param>
    public abstract void Downsample(in BlockSource source, long blockRow, long first, byte* target);
}
