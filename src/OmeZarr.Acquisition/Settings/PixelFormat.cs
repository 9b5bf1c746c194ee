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

    /// <summary>Four bytes a pixel: blue, green, red, alpha.</summary>
    Bgra8,

    /// <summary>Four bytes a pixel: blue, green, red, and one without a meaning.</summary>
    Bgrx8,

    /// <summary>Three 16-bit numbers a pixel, in the machine's byte order: red, green, blue.</summary>
    Rgb16,

    /// <summary>Three 16-bit numbers a pixel: blue, green, red.</summary>
    Bgr16,

    /// <summary>Four 16-bit numbers a pixel: red, green, blue, alpha.</summary>
    Rgba16,

    /// <summary>Four 16-bit numbers a pixel: blue, green, red, alpha.</summary>
    Bgra16,
}

/// <summary>How the colours of a pixel follow each other.</summary>
/// <param name="Parts">Numbers of a pixel: the colours, and a fourth one that may be alpha.</param>
/// <param name="PartBytes">Bytes of each: 1 or 2.</param>
/// <param name="IsBlueFirst">Whether they are blue, green, red instead of red, green, blue.</param>
/// <param name="HasAlpha">Whether the fourth is alpha.</param>
public readonly record struct ColorLayout(int Parts, int PartBytes, bool IsBlueFirst = false, bool HasAlpha = false)
{
    /// <summary>Red, green and blue.</summary>
    public const int Colors = 3;

    public int PixelBytes => Parts * PartBytes;

    /// <summary>Where a plane's number is in a pixel; planes are red, green, blue, alpha.</summary>
    public int PartOf(int plane) => IsBlueFirst && plane < Colors ? Colors - 1 - plane : plane;
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
        _ => format.Colors() is { PartBytes: 1 } ? DataType.UInt8 : DataType.UInt16,
    };

    /// <summary>The colours of a pixel; null for grey ones.</summary>
    public static ColorLayout? Colors(this PixelFormat format) => format switch
    {
        PixelFormat.Rgb8 => new ColorLayout(3, 1),
        PixelFormat.Rgba8 => new ColorLayout(4, 1, HasAlpha: true),
        PixelFormat.Bgr8 => new ColorLayout(3, 1, IsBlueFirst: true),
        PixelFormat.Bgra8 => new ColorLayout(4, 1, IsBlueFirst: true, HasAlpha: true),
        PixelFormat.Bgrx8 => new ColorLayout(4, 1, IsBlueFirst: true),
        PixelFormat.Rgb16 => new ColorLayout(3, 2),
        PixelFormat.Bgr16 => new ColorLayout(3, 2, IsBlueFirst: true),
        PixelFormat.Rgba16 => new ColorLayout(4, 2, HasAlpha: true),
        PixelFormat.Bgra16 => new ColorLayout(4, 2, IsBlueFirst: true, HasAlpha: true),
        _ => null,
    };

    /// <summary>Planes that a frame fills, one for each of its channels.</summary>
    /// <param name="format">The format.</param>
    /// <param name="keepsAlpha">Whether alpha is stored.</param>
    public static int Planes(this PixelFormat format, bool keepsAlpha = true) =>
        format.Colors() is { } colors ? ColorLayout.Colors + (colors.HasAlpha && keepsAlpha ? 1 : 0) : 1;

    /// <summary>Whether pixels share bytes.</summary>
    public static bool IsPacked(this PixelFormat format) =>
        format is PixelFormat.Mono10p or PixelFormat.Mono12p or PixelFormat.Mono12Packed;

    /// <summary>The bits of a pixel, or of one of its colours, that a camera fills; null where the dtype says it.</summary>
    public static int? SignificantBits(this PixelFormat format) => format switch
    {
        PixelFormat.Mono10p => 10,
        PixelFormat.Mono12p or PixelFormat.Mono12Packed => 12,
        _ => null,
    };

    /// <summary>Whether a frame's channels are red, green, blue, and perhaps alpha.</summary>
    public static bool IsColor(this PixelFormat format) => format.Colors() is not null;

    /// <summary>Bytes of a row, which begins at a whole byte.</summary>
    /// <exception cref="OverflowException">More than 2^63 - 1.</exception>
    public static long RowBytes(this PixelFormat format, DataType type, long width)
    {
        var bits = format.SignificantBits() ?? (format.Colors()?.PixelBytes ?? type.Size()) * BitsPerByte;
        return checked((long)(((UInt128)width * (uint)bits + (BitsPerByte - 1)) / BitsPerByte));
    }
}
