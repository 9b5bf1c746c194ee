using System.Text;

namespace OmeZarrNative.Abi;

/// <summary>The calling thread's last error message.</summary>
internal static class LastError
{
    [ThreadStatic]
    private static byte[]? _utf8;

    // Allocated before memory can run out.
    private static readonly byte[] NoMemory = [.. "the library's own memory has run out, also for a message"u8];

    public static ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The same; never changed once it is there.</summary>
    public static byte[] Message => _utf8 ?? [];

    /// <summary>Keeps the message and returns the status, so that a refusal is one expression.</summary>
    public static int Set(int status, string? message)
    {
        _utf8 = Encoding.UTF8.GetBytes(message ?? "");
        return status;
    }

    /// <summary>The status of a failure for which no message can be made. Never throws.</summary>
    public static int SetNoMemory()
    {
        try
        {
            _utf8 = NoMemory;
        }
        catch (OutOfMemoryException)
        {
            // Not even room for the thread's reference to it: the status alone has to do.
        }

        return Status.OutOfMemory;
    }
}
