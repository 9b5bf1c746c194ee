namespace OmeZarr.Streaming.Assembly;

/// <summary>Copies a tile's rows out of frames into a chunk's memory, with the fill value 0 beyond the array's edges.</summary>
internal static unsafe class TileGather
{
    /// <summary>Copies one frame's part of a chunk.</summary>
    /// <param name="geometry">How the frame is cut.</param>
    /// <param name="tile">Which part.</param>
    /// <param name="frame">A packed frame, or null for one that is missing.</param>
    /// <param name="plane">Receives <see cref="ChunkGeometry.ChunkPlaneBytes"/> bytes.</param>
    public static void Plane(ChunkGeometry geometry, in Tile tile, byte* frame, byte* plane)
    {
        long planeBytes = geometry.ChunkPlaneBytes;
        if (frame == null)
        {
            Clear(plane, planeBytes);
            return;
        }

        int chunkRow = geometry.ChunkRowBytes, row = tile.RowBytes;
        var frameRow = geometry.FrameRowBytes;
        var source = frame + tile.OffsetInFrame;
        if (row == frameRow && row == chunkRow)
        {
            Copy(source, plane, (long)tile.Rows * row);
        }
        else
        {
            var target = plane;
            for (var y = 0; y < tile.Rows; y++, source += frameRow, target += chunkRow)
            {
                Copy(source, target, row);
                Clear(target + row, chunkRow - row);
            }
        }

        var filled = (long)tile.Rows * chunkRow;
        Clear(plane + filled, planeBytes - filled);
    }

    /// <summary>The tile's bytes where they already lie whole in the frame as the chunk wants them, or null.</summary>
    public static byte* InPlace(ChunkGeometry geometry, in Tile tile, byte* frame) =>
        frame != null && geometry.FramesPerChunk == 1 && tile.Rows == geometry.ChunkHeight
        && geometry.ChunkRowBytes == geometry.FrameRowBytes
            ? frame + tile.OffsetInFrame
            : null;

    // SAFETY (both): callers pass ranges inside a ring slot or a worker's scratch memory, sized from the same geometry.
    private static void Copy(byte* source, byte* target, long bytes) => Buffer.MemoryCopy(source, target, bytes, bytes);

    private static void Clear(byte* target, long bytes)
    {
        if (bytes > 0)
            System.Runtime.InteropServices.NativeMemory.Clear(target, (nuint)bytes);
    }
}
