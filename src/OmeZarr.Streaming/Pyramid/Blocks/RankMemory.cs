using OmeZarr.Acquisition.Settings;
using OmeZarr.Memory;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Streaming.Pyramid.Blocks;

/// <summary>Where the pixels of one block are sorted: on the stack, or in memory of its own when the blocks are large.</summary>
internal static class RankMemory
{
    /// <summary>Blocks of up to so many bytes are sorted on the stack: whole vectors, and 64 of any width.</summary>
    public const int StackBytes = 4096;

    /// <summary>Bytes that a downsampler needs besides the stack; whole pages, or 0.</summary>
    public static long BytesFor(DataType type, PyramidMethod method, int factorY, int factorX)
    {
        if (method is not (PyramidMethod.Median or PyramidMethod.Mode))
            return 0;
        var block = (long)BlockDownsampler.MostPlanes * factorY * factorX * type.Size();
        return block <= StackBytes ? 0 : NativeBuffer.AlignUp(block);
    }
}
