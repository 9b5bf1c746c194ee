using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Streaming.Tests.PixelFormats;

/// <summary>The formats read bit by bit, as their documents tell.</summary>
internal static class NaivePixels
{
    /// <summary>A pixel of a plane: the number that is stored.</summary>
    public static int At(PixelFormat format, ReadOnlySpan<byte> row, int pixel, int plane) => format switch
    {
        PixelFormat.Mono10p => Bits(row, pixel * 10, 10),
        PixelFormat.Mono12p => Bits(row, pixel * 12, 12),
        PixelFormat.Mono12Packed => Pair(row[(pixel / 2 * 3)..], pixel % 2),
        PixelFormat.Rgb8 => row[pixel * 3 + plane],
        PixelFormat.Rgba8 => row[pixel * 4 + plane],
        PixelFormat.Bgr8 => row[pixel * 3 + (2 - plane)],
        PixelFormat.Bgra8 or PixelFormat.Bgrx8 => row[pixel * 4 + BlueFirst[plane]],
        PixelFormat.Rgb16 => Two(row, pixel * 3 + plane),
        PixelFormat.Bgr16 => Two(row, pixel * 3 + BlueFirst[plane]),
        PixelFormat.Rgba16 => Two(row, pixel * 4 + plane),
        PixelFormat.Bgra16 => Two(row, pixel * 4 + BlueFirst[plane]),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    private static readonly int[] BlueFirst = [2, 1, 0, 3];

    private static int Two(ReadOnlySpan<byte> row, int number) => row[2 * number] + 256 * row[2 * number + 1];

    private static int Bits(ReadOnlySpan<byte> row, int first, int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++)
            value |= (row[(first + i) / 8] >> (first + i) % 8 & 1) << i;
        return value;
    }

    private static int Pair(ReadOnlySpan<byte> pair, int which)
    {
        int upper = which == 0 ? pair[0] : pair[2], lower = which == 0 ? pair[1] % 16 : pair[1] / 16;
        return upper * 16 + lower;
    }
}
