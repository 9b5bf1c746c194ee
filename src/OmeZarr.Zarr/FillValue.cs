using System.Globalization;
using System.Text.Json;
using OmeZarr.Zarr.Elements;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr;

/// <summary>The value of elements that are not stored, as its bit pattern in the lowest bytes. The default is 0.</summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html#fill-value-list"/>
public readonly record struct FillValue(ulong Bits)
{
    /// <summary>Writes elements of this value over a whole buffer.</summary>
    public void Fill(Span<byte> elements, DataType type)
    {
        if (Bits == 0)
        {
            elements.Clear();
            return;
        }

        var size = type.Size();
        for (var i = 0; i < elements.Length; i++)
            elements[i] = (byte)(Bits >> i % size * 8);
    }

    internal void Write(Utf8JsonWriter writer, DataType type)
    {
        switch (type)
        {
            case DataType.Float32:
                WriteFloat(writer, BitConverter.UInt32BitsToSingle((uint)Bits), type);
                break;
            case DataType.Float64:
                WriteFloat(writer, BitConverter.UInt64BitsToDouble(Bits), type);
                break;
            case DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64:
                writer.WriteNumberValue(SignExtended(type));
                break;
            default:
                writer.WriteNumberValue(Bits);
                break;
        }
    }

    /// <exception cref="ZarrFormatException">It is no value of this type.</exception>
    internal static FillValue Parse(JsonElement value, DataType type)
    {
        var bits = type switch
        {
            DataType.Float32 or DataType.Float64 => ParseFloat(value, type),
            DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.UInt64 => ParseUnsigned(value, type),
            _ => ParseSigned(value, type),
        };
        return bits is { } found ? new FillValue(found) : throw JsonReading.Expected("fill_value", $"a {type.Name()}", value);
    }

    /// <summary>Readers in typed languages want a point in a float; an unusual NaN keeps its payload as hexadecimal.</summary>
    private void WriteFloat(Utf8JsonWriter writer, double value, DataType type)
    {
        if (Bits == NotANumber(type))
            writer.WriteStringValue("NaN");
        else if (double.IsNaN(value))
            writer.WriteStringValue("0x" + Bits.ToString("x" + type.Size() * 2, CultureInfo.InvariantCulture));
        else if (double.IsInfinity(value))
            writer.WriteStringValue(value > 0 ? "Infinity" : "-Infinity");
        else if (double.IsInteger(value) && Math.Abs(value) < 1e15)
            writer.WriteRawValue(value.ToString("0.0", CultureInfo.InvariantCulture));
        else
            writer.WriteNumberValue(value);
    }

    private static ulong? ParseFloat(JsonElement value, DataType type)
    {
        var single = type == DataType.Float32;
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.StartsWith("0x", StringComparison.Ordinal))
        {
            var digits = value.GetString()!.AsSpan(2);
            return digits.Length == type.Size() * 2
                && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
                ? bits
                : null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString()! == "NaN")
            return NotANumber(type);

        double? number = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var parsed) ? parsed : null,
            JsonValueKind.String => value.GetString()! switch
            {
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => null,
            },
            _ => null,
        };
        if (number is not { } found)
            return null;
        return single ? BitConverter.SingleToUInt32Bits((float)found) : BitConverter.DoubleToUInt64Bits(found);
    }

    private static ulong? ParseUnsigned(JsonElement value, DataType type) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number) && (number & ~Mask(type)) == 0
            ? number
            : null;

    private static ulong? ParseSigned(JsonElement value, DataType type)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
            return null;
        var fill = new FillValue((ulong)number & Mask(type));
        return fill.SignExtended(type) == number ? fill.Bits : null;
    }

    /// <summary>The pattern that the specification gives for "NaN".</summary>
    private static ulong NotANumber(DataType type) => type == DataType.Float32 ? 0x7FC0_0000ul : 0x7FF8_0000_0000_0000ul;

    private static ulong Mask(DataType type) => ulong.MaxValue >> 64 - type.Size() * 8;

    private long SignExtended(DataType type)
    {
        var unused = 64 - type.Size() * 8;
        return (long)(Bits << unused) >> unused;
    }
}
