using System.Text;

namespace OmeZarrNative.Abi;

/// <summary>The calling thread's last error message.</summary>
internal static class LastError
{
    [ThreadStatic]
    private static byte[]? _utf8;

    public static ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Keeps the message and returns the status, so that a refusal is one expression.</summary>
    public static int Set(int status, string? message)
    {
        _utf8 = Encoding.UTF8.GetBytes(message ?? "");
        return status;
    }
}
