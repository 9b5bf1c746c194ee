using System.Runtime.InteropServices;
using OmeZarr.Memory;

namespace OmeZarr.Streaming.Assembly;

/// <summary>Copies a tile's rows out of frames into a chunk's memory, with the fill value 0 beyond the array's edges.</summary>
internal static unsafe class TileGather
{
    /// <summary>Copies one frame's part of a chunk.</summary>
    /// <param name="geometry">How the frame is cut.</param>
    /// <param name="tile">Which part.</param>
    /// <param name="frame">Where the frame is.</param>
    /// <param name="plane">Receives <see cref="ChunkGeometry.ChunkPlaneBytes"/> bytes.</param>
    public static void Plane(ChunkGeometry geometry, in Tile tile, FramePixels frame, byte* plane)
    {
        int chunkRow = geometry.ChunkRowBytes, row = tile.RowBytes;
        var source = FirstPixel(tile, frame);
        if (row == frame.RowStride && row == chunkRow)
        {
            Copy(source, plane, (long)tile.Rows * row);
        }
        else
        {
            var target = plane;
            for (var y = 0; y < tile.Rows; y++, source += frame.RowStride, target += chunkRow)
            {
                Copy(source, target, row);
                Clear(target + row, chunkRow - row);
            }
        }

        var filled = (long)tile.Rows * chunkRow;
        Clear(plane + filled, geometry.ChunkPlaneBytes - filled);
    }

    /// <summary>A missing frame's part of a chunk: the fill value.</summary>
    public static void MissingPlane(ChunkGeometry geometry, byte* plane) => Clear(plane, geometry.ChunkPlaneBytes);

    /// <summary>The tile's bytes where they already lie whole in the frame as the chunk wants them, or null.</summary>
    public static byte* InPlace(ChunkGeometry geometry, in Tile tile, FramePixels frame) =>
        geometry.FramesPerChunk == 1 && tile.Rows == geometry.ChunkHeight
        && tile.RowBytes == geometry.ChunkRowBytes && (frame.RowStride == tile.RowBytes || tile.Rows == 1)
            ? FirstPixel(tile, frame)
            : null;

    // SAFETY (all three): callers pass published frames, whose size was checked against the same geometry when they were
    // taken, and a worker's scratch memory, sized from it.
    private static byte* FirstPixel(in Tile tile, FramePixels frame) => (byte*)frame.First + tile.FirstRow * frame.RowStride + tile.FirstByte;

    private static void Copy(byte* source, byte* target, long bytes) => Buffer.MemoryCopy(source, target, bytes, bytes);

    private static void Clear(byte* target, long bytes)
    {
        if (bytes > 0)
            NativeMemory.Clear(target, (nuint)bytes);
    }
}
