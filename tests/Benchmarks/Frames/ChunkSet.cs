using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Memory;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Benchmarks.Frames;

/// <summary>Chunks as a stream of a layout would have them, cut out of a pool's frames: for measuring codecs alone.</summary>
internal sealed unsafe class ChunkSet : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <param name="pool">The frames; their height and width are whole chunks.</param>
    /// <param name="layout">Chunk sizes.</param>
    /// <param name="bytes">About how much to cut; at least one chunk.</param>
    public ChunkSet(FramePool pool, Layout layout, long bytes)
    {
        PixelBytes = pool.Shape.PixelBytes;
        ChunkBytes = checked(layout.ChunkFrames * layout.ChunkHeight * layout.ChunkWidth * PixelBytes);
        Count = (int)Math.Max(1, bytes / ChunkBytes);
        _memory = new NativeBuffer((long)ChunkBytes * Count);
        for (var chunk = 0; chunk < Count; chunk++)
            Cut(pool, layout, chunk);
    }

    /// <summary>Square chunks of one plane, each a picture of a kind.</summary>
    public ChunkSet(PixelKind kind, int width, long bytes)
    {
        PixelBytes = kind.Type.Size();
        ChunkBytes = checked(width * width * PixelBytes);
        Count = (int)Math.Max(1, bytes / ChunkBytes);
        _memory = new NativeBuffer((long)ChunkBytes * Count);
        var picture = new byte[ChunkBytes];
        for (var chunk = 0; chunk < Count; chunk++)
        {
            kind.Draw(picture, width, chunk);

            // SAFETY: the memory holds as many chunks.
            picture.CopyTo(new Span<byte>(this[chunk], ChunkBytes));
        }
    }

    public int PixelBytes { get; }

    public int ChunkBytes { get; }

    public int Count { get; }

    public byte* this[int chunk] => _memory.Pointer + (long)chunk * ChunkBytes;

    public ReadOnlySpan<byte> Span(int chunk) => new(this[chunk], ChunkBytes);

    public void Dispose() => _memory.Dispose();

    private void Cut(FramePool pool, Layout layout, int chunk)
    {
        var columns = pool.Shape.Width / layout.ChunkWidth;
        var tiles = columns * (pool.Shape.Height / layout.ChunkHeight);
        int tile = chunk % tiles, row = tile / columns * layout.ChunkHeight, column = tile % columns * layout.ChunkWidth;
        long rowBytes = layout.ChunkWidth * PixelBytes, frameRow = pool.Shape.Width * (long)PixelBytes;
        var target = this[chunk];
        for (long frame = 0; frame < layout.ChunkFrames; frame++)
        {
            // A chunk of one frame takes its tile from another frame each time, so that the set is not one picture.
            var source = pool[chunk + frame] + row * frameRow + column * PixelBytes;
            for (var y = 0; y < layout.ChunkHeight; y++, target += rowBytes)
            {
                // SAFETY: whole tiles of the pool's frames; the target advances through this chunk's own bytes.
                Buffer.MemoryCopy(source + y * frameRow, target, rowBytes, rowBytes);
            }
        }
    }
}
