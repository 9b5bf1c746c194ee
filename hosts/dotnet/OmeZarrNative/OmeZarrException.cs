using System.Runtime.InteropServices;
using System.Text;

namespace OmeZarrNative;

/// <summary>A call that failed. The message is the library's, which says what to do.</summary>
public class OmeZarrException : Exception
{
    internal OmeZarrException(int status, string message)
        : base(message) => Status = status;

    /// <summary>The status code: OMZ_E_... of omezarr_native.h.</summary>
    public int Status { get; }

    /// <summary>Its name, such as <c>OMZ_E_NO_SPACE</c>.</summary>
    public string StatusName => Marshal.PtrToStringUTF8(Native.omz_status_name(Status)) ?? "";

    /// <summary>Passes results that are not negative through, and throws the others.</summary>
    internal static int Check(int status) => status >= 0 ? status : throw Of(status);

    internal static unsafe OmeZarrException Of(int status)
    {
        const int outOfMemory = -12;
        var message = Texts.Read(static (buffer, capacity) => Native.omz_last_error(buffer, capacity));
        return status switch
        {
            -4 or -5 or outOfMemory => new OmeZarrSettingsException(status, message),
            -7 or -8 => new OmeZarrExistsException(status, message),
            -9 or -10 or -11 => new OmeZarrStoreException(status, message),
            -13 or -14 or -15 => new OmeZarrFrameException(status, message),
            -16 or -17 or -18 => new OmeZarrTimeoutException(status, message),
            -3 or -19 or -25 or -26 => new OmeZarrStreamException(status, message),
            _ => new OmeZarrException(status, message),
        };
    }
}

/// <summary>The settings have problems, one a line in the message, or ask for what cannot be.</summary>
public sealed class OmeZarrSettingsException : OmeZarrException
{
    internal OmeZarrSettingsException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>Something lies at the output path.</summary>
public sealed class OmeZarrExistsException : OmeZarrException
{
    internal OmeZarrExistsException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>The disk is full, or refuses. It sticks to the stream.</summary>
public sealed class OmeZarrStoreException : OmeZarrException
{
    internal OmeZarrStoreException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>A frame of the wrong size, index or number. The stream goes on.</summary>
public sealed class OmeZarrFrameException : OmeZarrException
{
    internal OmeZarrFrameException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>There was no room, or no answer, in time. The call may be made again.</summary>
public sealed class OmeZarrTimeoutException : OmeZarrException
{
    internal OmeZarrTimeoutException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>The stream has ended or is ending, or a slot is not the caller's.</summary>
public sealed class OmeZarrStreamException : OmeZarrException
{
    internal OmeZarrStreamException(int status, string message)
        : base(status, message)
    {
    }
}

/// <summary>Texts of the library.</summary>
internal static unsafe class Texts
{
    public delegate int Call(byte* buffer, int capacity);

    /// <summary>Reads a text of the two-call form.</summary>
    public static string Read(Call call)
    {
        var size = OmeZarrException.Check(call(null, 0));
        while (true)
        {
            var bytes = new byte[size];
            int needed;
            fixed (byte* buffer = bytes)
                needed = OmeZarrException.Check(call(buffer, bytes.Length));
            if (needed <= bytes.Length)
                return Encoding.UTF8.GetString(bytes, 0, Math.Max(0, needed - 1));
            size = needed; // it has grown in between
        }
    }
}
