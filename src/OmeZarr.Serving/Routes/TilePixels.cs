using System.Buffers.Binary;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Serving.Routes;

/// <summary>
/// Pixels in one of three forms that a page can draw, whatever type they are stored in: uint8, uint16 and float32,
/// little-endian.
/// </summary>
internal static class TilePixels
{
    private const int FloatBytes = 4;

    /// <summary>The most bytes that a pixel takes, stored or sent.</summary>
    public const int MostBytes = 8;

    /// <summary>The form's name, or null when there is no picture of such elements.</summary>
    public static string? FormOf(ElementType type) => (type.Kind, type.Size) switch
    {
        (ElementKind.Boolean, _) or (ElementKind.Unsigned, 1) => "uint8",
        (ElementKind.Unsigned, 2) => "uint16",
        (ElementKind.Complex, _) => null,
        _ => "float32",
    };

    /// <summary>Turns elements into their form where they are; returns what of the memory it takes.</summary>
    /// <param name="memory">The elements, and room for as many in their form.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">What they are.</param>
    public static Span<byte> Convert(Span<byte> memory, int count, ElementType type)
    {
        if (FormOf(type) is "uint8" or "uint16" || type is { Kind: ElementKind.Float, Size: FloatBytes })
            return memory[..(count * type.Size)];
        // Never over what is still to be read.
        var (i, step) = type.Size >= FloatBytes ? (0, 1) : (count - 1, -1);
        for (var done = 0; done < count; done++, i += step)
        {
            var value = Value(memory.Slice(i * type.Size, type.Size), type);
            BinaryPrimitives.WriteSingleLittleEndian(memory.Slice(i * FloatBytes, FloatBytes), value);
        }

        return memory[..(count * FloatBytes)];
    }

    private static float Value(ReadOnlySpan<byte> bytes, ElementType type) => (type.Kind, type.Size) switch
    {
        (ElementKind.Unsigned, 4) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (ElementKind.Unsigned, _) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (ElementKind.Signed, 1) => (sbyte)bytes[0],
        (ElementKind.Signed, 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (ElementKind.Signed, 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (ElementKind.Signed, _) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        (_, 2) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
