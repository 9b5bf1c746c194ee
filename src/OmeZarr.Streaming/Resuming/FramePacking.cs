using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.Resuming;

/// <summary>Puts a stored plane into a frame as the camera gives it: the inverse of unpacking.</summary>
internal static unsafe class FramePacking
{
    /// <summary>Writes a plane's pixels where the frame has them.</summary>
    /// <param name="plan">The camera.</param>
    /// <param name="plane">Which of the frame's planes.</param>
    /// <param name="stored">Its pixels of the stored type, rows packed.</param>
    /// <param name="frame">The frame, rows packed; zero, but for planes written before.</param>
    public static void Pack(CameraPlan plan, int plane, byte* stored, byte* frame)
    {
        var storedRow = plan.FrameWidth * OmeZarr.Zarr.Elements.DataTypes.Size(plan.DataType);
        for (long row = 0; row < plan.FrameHeight; row++, stored += storedRow, frame += plan.FrameRowBytes)
        {
            if (plan.PixelFormat.Colors() is { } colors)
                Interleave(colors, plane, plan.FrameWidth, stored, frame);
            else if (plan.PixelFormat.IsPacked())
                Pack(plan.PixelFormat, plan.FrameWidth, (ushort*)stored, frame);
            else
                Buffer.MemoryCopy(stored, frame, storedRow, storedRow);
        }
    }

    private static void Interleave(ColorLayout colors, int plane, long width, byte* stored, byte* row)
    {
        row += colors.PartOf(plane) * colors.PartBytes;
        for (long x = 0; x < width; x++, row += colors.PixelBytes)
        {
            for (var part = 0; part < colors.PartBytes; part++)
                row[part] = *stored++;
        }
    }

    private static void Pack(PixelFormat format, long width, ushort* stored, byte* row)
    {
        const int evenLow = 0xF;
        var bits = format == PixelFormat.Mono10p ? 10 : 12;
        for (long x = 0; x < width; x++)
        {
            int value = stored[x];
            if (format == PixelFormat.Mono12Packed)
            {
                var pair = row + x / 2 * 3;
                pair[x % 2 == 0 ? 0 : 2] = (byte)(value >> 4);
                pair[1] |= (byte)((value & evenLow) << (x % 2 == 0 ? 0 : 4));
                continue;
            }

            var bit = x * bits;
            var shifted = value << (int)(bit % 8);
            row[bit / 8] |= (byte)shifted;
            row[bit / 8 + 1] |= (byte)(shifted >> 8);
        }
    }
}
