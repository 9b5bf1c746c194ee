using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Acquisition.Tests;

/// <summary>Ways to spoil a document: with bytes, and with JSON where a value was.</summary>
internal static class Mutations
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "-0", "2.5", "9223372036854775807", "99999999999999999999", "1e-400", "\"\"",
        "\"auto\"", "\"..\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"µ\"", "[]", "[[]]", "{}", "{\"name\": 1}", "[null]", "\"position\"", "\"z\"",
        "9007199254740991",
        "{\"name\": \"a\", \"name\": \"b\"}", "[{\"name\": \"a\"}, {\"x_coord\": 1, \"name\": \"b\"}]", "2147483647",
    ];

    public static readonly Gen<Func<byte[], byte[]>> Edit = Gen.OneOf(
        from at in Place
        from value in Gen.Choose(0, 255)
        select (Func<byte[], byte[]>)(bytes => Splice(bytes, at, 1, [(byte)value])),
        from at in Place
        from length in Gen.Choose(1, 40)
        select (Func<byte[], byte[]>)(bytes => Splice(bytes, at, length, [])),
        from at in Place
        from text in Gen.Elements("{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "0", "e", "\uFEFF")
        select (Func<byte[], byte[]>)(bytes => Splice(bytes, at, 0, Encoding.UTF8.GetBytes(text))),
        from at in Place
        from value in Gen.Elements(Values)
        select (Func<byte[], byte[]>)(bytes => ReplaceValue(bytes, at, value)),
        from at in Place
        from value in Gen.Elements(Values)
        select (Func<byte[], byte[]>)(bytes => ReplaceValue(bytes, at, value)));

    private static Gen<double> Place => Gen.Choose(0, 9999).Select(tenThousandths => tenThousandths / 10_000.0);

    private static byte[] Splice(byte[] bytes, double place, int removed, byte[] inserted)
    {
        var at = (int)(place * bytes.Length);
        return [.. bytes[..at], .. inserted, .. bytes[Math.Min(bytes.Length, at + removed)..]];
    }

    /// <summary>Puts another value behind the next colon, up to the next comma or bracket.</summary>
    private static byte[] ReplaceValue(byte[] bytes, double place, string value)
    {
        var at = (int)(place * bytes.Length);
        var colon = bytes.AsSpan(at).IndexOf((byte)':');
        if (colon < 0)
            return bytes;
        var start = at + colon + 1;
        var end = bytes.AsSpan(start).IndexOfAny(",}]"u8);
        return [.. bytes[..start], .. Encoding.UTF8.GetBytes(value), .. end < 0 ? [] : bytes[(start + end)..]];
    }
}
