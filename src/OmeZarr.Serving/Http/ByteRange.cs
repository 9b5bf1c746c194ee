using System.Globalization;

namespace OmeZarr.Serving.Http;

/// <summary>The one range of bytes that a request asks for.</summary>
/// <param name="First">The first byte; null for the last bytes.</param>
/// <param name="Last">The last byte, or with no <paramref name="First"/> how many; null for up to the end.</param>
/// <seealso href="https://www.rfc-editor.org/rfc/rfc9110.html#name-range-requests">HTTP Semantics, range requests</seealso>
internal readonly record struct ByteRange(long? First, long? Last)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// The range of a header, or null when there is none, or none that is understood: then all of it is asked for. Several ranges
    /// are answered like none, which a server may do.
    /// </summary>
    public static ByteRange? Parse(string? header)
    {
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        var text = header.AsSpan(Unit.Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0)
            return null;
        var (first, last) = (Number(text[..dash]), Number(text[(dash + 1)..]));
        var isFirst = dash > 0;
        var isLast = dash < text.Length - 1;
        if ((isFirst && first is null) || (isLast && last is null) || (!isFirst && !isLast) || (isFirst && last < first))
            return null;
        return new ByteRange(first, last);
    }

    /// <summary>What of an object of a size is asked for; null when nothing of it.</summary>
    public (long Offset, long Bytes)? Within(long size)
    {
        if (First is not { } first)
            return Last is > 0 and var count && size > 0 ? (size - Math.Min(count, size), Math.Min(count, size)) : null;
        if (first >= size)
            return null;
        return (first, Math.Min(Last ?? long.MaxValue, size - 1) - first + 1);
    }

    // A number beyond 64 bits is as good as the largest: no object is so large.
    private static long? Number(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return null;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
    }
}
