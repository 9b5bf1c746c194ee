using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OmeZarr.Cli.Terminal;
using OmeZarr.Zarr.Stored;

namespace OmeZarr.Cli.Pictures;

/// <summary>Elements of any type as numbers to draw.</summary>
internal static class PixelValues
{
    /// <exception cref="UserException">There is no picture of such elements.</exception>
    public static float[] Of(ReadOnlySpan<byte> bytes, ElementType type)
    {
        var values = new float[bytes.Length / type.Size];
        switch (type.Kind, type.Size)
        {
            case (ElementKind.Boolean or ElementKind.Unsigned, 1):
                for (var i = 0; i < values.Length; i++)
                    values[i] = bytes[i];
                break;
            case (ElementKind.Unsigned, 2):
                Convert(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case (ElementKind.Complex, _):
                throw UserException.CannotAccess("complex numbers have no picture");
            default:
                for (var i = 0; i < values.Length; i++)
                    values[i] = Value(bytes.Slice(i * type.Size, type.Size), type);
                break;
        }

        return values;
    }

    private static void Convert(ReadOnlySpan<ushort> from, float[] to)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = BitConverter.IsLittleEndian ? from[i] : BinaryPrimitives.ReverseEndianness(from[i]);
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
        (_, 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
