using System.Collections.Immutable;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Settings;

/// <summary>How a frame's pixels lie in memory when they arrive.</summary>
/// <remarks>
/// Names and layouts of the packed ones are those of the GenICam Pixel Format Naming Convention and, for
/// <see cref="Mono12Packed"/>, of GigE Vision.
/// </remarks>
public enum PixelFormat
{
    /// <summary>Elements of the dtype, one for each pixel: stored as they come.</summary>
    Plain,

    /// <summary>10 bits a pixel, lowest bit first, without gaps: 4 pixels in 5 bytes.</summary>
    Mono10p,

    /// <summary>12 bits a pixel, lowest bit first, without gaps: 2 pixels in 3 bytes.</summary>
    Mono12p,

    /// <summary>
    /// 2 pixels in 3 bytes: the upper eight bits of the first, then the lower four of both (the first's below), then the
    /// upper eight of the second.
    /// </summary>
    Mono12Packed,

    /// <summary>Three bytes a pixel: red, green, blue.</summary>
    Rgb8,

    /// <summary>Four bytes a pixel: red, green, blue, alpha.</summary>
    Rgba8,

    /// <summary>Three bytes a pixel: blue, green, red.</summary>
    Bgr8,
}

/// <summary>What follows from a <see cref="PixelFormat"/>.</summary>
public static class PixelFormats
{
    private const int BitsPerByte = 8;

    /// <summary>All formats but <see cref="PixelFormat.Plain"/>.</summary>
    public static ImmutableArray<PixelFormat> Unpacked { get; } =
        [.. Enum.GetValues<PixelFormat>().Where(format => format != PixelFormat.Plain)];

    /// <summary>The name in settings; that of the dtype for plain pixels.</summary>
    public static string Name(this PixelFormat format, DataType type) =>
        format == PixelFormat.Plain ? type.Name() : format.ToString().ToLowerInvariant();

    /// <summary>The only dtype that it is stored as, or null for any.</summary>
    public static DataType? StoredAs(this PixelFormat format) => format switch
    {
        PixelFormat.Plain => null,
        PixelFormat.Rgb8 or PixelFormat.Rgba8 or PixelFormat.Bgr8 => DataType.UInt8,
        _ => DataType.UInt16,
    };

    /// <summary>Planes that a frame fills, one for each of its channels.</summary>
    public static int Planes(this PixelFormat format) => format switch
    {
        PixelFormat.Rgb8 or PixelFormat.Bgr8 => 3,
        PixelFormat.Rgba8 => 4,
        _ => 1,
    };

    /// <summary>Whether a frame's channels are red, green, blue, and perhaps alpha.</summary>
    public static bool IsColor(this PixelFormat format) => format.Planes() > 1;

    /// <summary>Bits of a pixel that can be set, or null for all of the dtype.</summary>
    public static int? SignificantBits(this PixelFormat format) => format switch
    {
        PixelFormat.Mono10p => 10,
        PixelFormat.Mono12p or PixelFormat.Mono12Packed => 12,
        _ => null,
    };

    /// <summary>Bytes of a row, which begins at a whole byte.</summary>
    /// <exception cref="OverflowException">More than 2^63 - 1.</exception>
    public static long RowBytes(this PixelFormat format, DataType type, long width)
    {
        var bits = format switch
        {
            PixelFormat.Plain => type.Size() * BitsPerByte,
            _ => format.SignificantBits() ?? format.Planes() * BitsPerByte,
        };
        return checked((long)(((UInt128)width * (uint)bits + (BitsPerByte - 1)) / BitsPerByte));
    }
}
