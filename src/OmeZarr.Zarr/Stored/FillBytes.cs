using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>Reads a <c>fill_value</c> of any type as the little-endian bytes of an element.</summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html#fill-value-list"/>
internal static class FillBytes
{
    /// <exception cref="ZarrFormatException">It is no value of this type.</exception>
    internal static byte[] Parse(JsonElement value, ElementType type)
    {
        var bytes = new byte[type.Size];
        if (!TryParse(value, type, bytes))
            throw JsonReading.Expected("fill_value", $"a {type.Name}", value);
        return bytes;
    }

    private static bool TryParse(JsonElement value, ElementType type, Span<byte> bytes)
    {
        switch (type.Kind)
        {
            case ElementKind.Boolean:
                bytes[0] = value.ValueKind == JsonValueKind.True ? (byte)1 : (byte)0;
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            case ElementKind.Unsigned:
                return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var whole) && TryWrite(whole, bytes);
            case ElementKind.Signed:
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var signed)
                    && TryWriteSigned(signed, bytes);
            case ElementKind.Float:
                return TryParseFloat(value, bytes);
            default:
                var half = type.Size / 2;
                return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
                    && TryParseFloat(value[0], bytes[..half]) && TryParseFloat(value[1], bytes[half..]);
        }
    }

    private static bool TryWrite(ulong number, Span<byte> bytes)
    {
        var unused = 64 - bytes.Length * 8;
        Write(number, bytes);
        return number << unused >> unused == number;
    }

    private static bool TryWriteSigned(long number, Span<byte> bytes)
    {
        var unused = 64 - bytes.Length * 8;
        Write((ulong)number, bytes);
        return number << unused >> unused == number;
    }

    private static bool TryParseFloat(JsonElement value, Span<byte> bytes)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            var parsed = value.TryGetDouble(out var number);
            WriteFloat(number, bytes);
            return parsed;
        }

        if (value.ValueKind != JsonValueKind.String)
            return false;
        switch (value.GetString()!)
        {
            case "NaN":
                // The pattern that the specification gives for it.
                Write(bytes.Length switch { 2 => 0x7E00ul, 4 => 0x7FC0_0000ul, _ => 0x7FF8_0000_0000_0000ul }, bytes);
                return true;
            case "Infinity":
                WriteFloat(double.PositiveInfinity, bytes);
                return true;
            case "-Infinity":
                WriteFloat(double.NegativeInfinity, bytes);
                return true;
            case var text:
                return TryParseBits(text, bytes);
        }
    }

    private static bool TryParseBits(string text, Span<byte> bytes)
    {
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length != 2 + bytes.Length * 2)
            return false;
        var isHex = ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits);
        Write(bits, bytes);
        return isHex;
    }

    private static void WriteFloat(double number, Span<byte> bytes)
    {
        switch (bytes.Length)
        {
            case 2:
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)number);
                break;
            case 4:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)number);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
                break;
        }
    }

    private static void Write(ulong bits, Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(bits >> i * 8);
    }
}
