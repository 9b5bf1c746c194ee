using OmeZarr.Memory;

namespace OmeZarr.Benchmarks.Frames;

/// <summary>
/// Distinct frames of one shape, made from real pictures: tiled to the frame's size, every second tile mirrored, with a camera's
/// offset and read noise. In native memory, so that no frame moves and the garbage collector has nothing to do.
/// </summary>
internal sealed unsafe class FramePool : IDisposable
{
    private const int Offset = 100;

    // 12-bit pictures as an 8-bit camera would give them.
    private const int ShiftTo8Bits = 4;

    private readonly NativeBuffer _memory;

    public FramePool(FrameShape shape, int count, IReadOnlyList<Picture> pictures)
    {
        Shape = shape;
        Count = count;
        _memory = new NativeBuffer(checked(shape.Bytes * count));
        Parallel.For(0, count, frame => Draw(pictures[frame % pictures.Count], this[frame], frame));
    }

    public FrameShape Shape { get; }

    /// <summary>Number of distinct frames.</summary>
    public int Count { get; }

    /// <summary>First pixel of a frame; numbers beyond the pool begin it anew.</summary>
    public byte* this[long frame] => _memory.Pointer + frame % Count * Shape.Bytes;

    public void Dispose() => _memory.Dispose();

    private void Draw(Picture picture, byte* frame, int seed)
    {
        var noise = new CameraNoise((ulong)seed);
        for (var y = 0; y < Shape.Height; y++)
        {
            var row = picture.Pixels.AsSpan(y % picture.Height * picture.Width, picture.Width);
            for (var x = 0; x < Shape.Width; x++)
            {
                var tile = y / picture.Height + x / picture.Width;
                var column = x % picture.Width;
                var count = row[tile % 2 == 0 ? column : picture.Width - 1 - column] + Offset + noise.Next();
                Store(frame, (long)y * Shape.Width + x, count);
            }
        }
    }

    private void Store(byte* frame, long pixel, int count)
    {
        // SAFETY: pixel counts the pixels of a frame of this shape, which the pool's memory holds.
        if (Shape.PixelBytes == 1)
            frame[pixel] = (byte)Math.Clamp(count >> ShiftTo8Bits, 0, byte.MaxValue);
        else
            ((ushort*)frame)[pixel] = (ushort)Math.Clamp(count, 0, ushort.MaxValue);
    }
}
