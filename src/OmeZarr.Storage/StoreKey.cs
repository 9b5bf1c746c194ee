using System.Buffers;
using System.Text;

namespace OmeZarr.Storage;

/// <summary>What may name an object: relative, portable to every file system, and unable to leave the root.</summary>
public static class StoreKey
{
    /// <summary>The longest key, in bytes of UTF-8 (object stores allow 1024 with the prefix included).</summary>
    public const int MaxKeyBytes = 900;

    /// <summary>
    /// The longest segment, in bytes of UTF-8: what file systems allow (255) less the room that the hidden name of an
    /// unfinished object needs.
    /// </summary>
    public const int MaxSegmentBytes = 240;

    // '/' separates segments. The others mean something to Windows, where a dataset must be able to go.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:<>\"|?*");

    private static readonly string[] DeviceNames = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    /// <summary>Refuses a key that is not allowed with <see cref="StoreErrorKind.InvalidKey"/>; any thread.</summary>
    public static void Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Validate(key.AsSpan());
    }

    /// <summary>As above; allocates nothing for a key that is allowed.</summary>
    public static void Validate(ReadOnlySpan<char> key)
    {
        if (Problem(key) is { } problem)
            throw new StoreException(StoreErrorKind.InvalidKey, $"The key '{Printable(key)}' is not allowed: {problem}.");
    }

    /// <summary>Whether a name may be a part of a key.</summary>
    public static bool IsPart(ReadOnlySpan<char> name) => !name.Contains('/') && SegmentProblem(name) is null;

    private static string? Problem(ReadOnlySpan<char> key)
    {
        if (key.Length == 0)
            return "it is empty";
        if (key.Length > MaxKeyBytes || Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            return $"it is longer than {MaxKeyBytes} bytes";
        foreach (var range in key.Split('/'))
        {
            if (SegmentProblem(key[range]) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? SegmentProblem(ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
            return "it begins or ends with '/' or has '//'";
        if (segment[0] == '.')
            return "a part begins with '.' (such names are relative folders or the store's own unfinished objects)";
        if (segment[^1] is '.' or ' ')
            return "a part ends in '.' or a space, which some file systems drop";
        if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            return $"a part is longer than {MaxSegmentBytes} bytes";
        if (segment.ContainsAny(Forbidden))
            return "it has one of \\ : < > \" | ? *";
        if (!IsPlainText(segment))
            return "it has a control character or is not valid text";
        return IsDeviceName(segment) ? "a part is the name of a Windows device" : null;
    }

    private static bool IsPlainText(ReadOnlySpan<char> segment)
    {
        while (!segment.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(segment, out var rune, out var used) != OperationStatus.Done || Rune.IsControl(rune))
                return false;
            segment = segment[used..];
        }

        return true;
    }

    // "NUL.txt" is as much the device as "NUL"; https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    private static bool IsDeviceName(ReadOnlySpan<char> segment)
    {
        var dot = segment.IndexOf('.');
        var stem = (dot < 0 ? segment : segment[..dot]).TrimEnd(' ');
        foreach (var name in DeviceNames)
        {
            if (stem.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return stem.Length == 4
            && (stem[3] is >= '0' and <= '9' or '\u00B9' or '\u00B2' or '\u00B3')
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
                || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase));
    }

    // For a message: never a control character, never endless.
    private static string Printable(ReadOnlySpan<char> key)
    {
        var text = new StringBuilder();
        foreach (var c in key[..Math.Min(key.Length, 200)])
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        return key.Length > 200 ? text.Append("...").ToString() : text.ToString();
    }
}
