namespace OmeZarrNative.Abi;

/// <summary>The two-call form of text results: the size needed is returned, and what fits is copied.</summary>
internal static unsafe class TextOut
{
    public const string BadBuffer = "buffer is null or capacity is negative";

    /// <param name="utf8">The text, without a closing 0.</param>
    /// <param name="buffer">The caller's, <paramref name="capacity"/> bytes long; null only when that is 0.</param>
    /// <param name="capacity">Not negative.</param>
    /// <param name="cut">Whether a text that is too long is truncated at a character, or omitted altogether.</param>
    public static int Copy(ReadOnlySpan<byte> utf8, byte* buffer, int capacity, bool cut)
    {
        if (capacity < 0 || (buffer == null && capacity > 0))
            throw new AbiException(Status.InvalidArgument, BadBuffer);
        if (capacity > 0)
        {
            var fits = utf8.Length < capacity ? utf8 : cut ? CutAtCharacter(utf8, capacity - 1) : default;
            // SAFETY: the caller vouches for capacity bytes, of which at most that many are written.
            fits.CopyTo(new Span<byte>(buffer, capacity));
            buffer[fits.Length] = 0;
        }

        return checked(utf8.Length + 1);
    }

    private static ReadOnlySpan<byte> CutAtCharacter(ReadOnlySpan<byte> utf8, int length)
    {
        const int continuationMask = 0xC0, continuation = 0x80;
        while (length > 0 && (utf8[length] & continuationMask) == continuation)
            length--;
        return utf8[..length];
    }
}
