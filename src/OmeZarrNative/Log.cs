using System.Globalization;
using System.Text;

namespace OmeZarrNative;

/// <summary>How much a log line matters; the numbers are those of the header.</summary>
internal enum LogLevel
{
    Debug = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

/// <summary>
/// The process's log: a callback of the host and a file, each optional. One line at a time, whichever thread it comes
/// from. A log that fails never fails the call that wrote to it.
/// </summary>
internal static unsafe class Log
{
    private static readonly Lock Gate = new();
    private static delegate* unmanaged[Cdecl]<int, byte*, void*, void> _callback;
    private static void* _userData;
    private static LogLevel _callbackLevel;
    private static StreamWriter? _file;
    private static LogLevel _fileLevel;

    /// <summary>Replaces the callback; returns once no earlier one is running.</summary>
    public static void SetCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, LogLevel minimum, void* userData)
    {
        lock (Gate)
        {
            _callback = callback;
            _callbackLevel = minimum;
            _userData = userData;
        }
    }

    /// <summary>Appends to a file from now on, or (null) ends it.</summary>
    public static void SetFile(string? path, LogLevel minimum)
    {
        var file = path is null ? null : new StreamWriter(path, append: true, new UTF8Encoding(false)) { AutoFlush = true };
        lock (Gate)
        {
            _file?.Dispose();
            _file = file;
            _fileLevel = minimum;
        }
    }

    public static void Write(LogLevel level, string message)
    {
        lock (Gate)
        {
            if (_callback != null && level >= _callbackLevel)
                CallBack(level, message);
            if (_file is not null && level >= _fileLevel)
                Append(level, message);
        }
    }

    private static void CallBack(LogLevel level, string message)
    {
        var utf8 = Encoding.UTF8.GetBytes(message + '\0');
        // SAFETY: the text is pinned for the call, as the header promises.
        fixed (byte* text = utf8)
            _callback((int)level, text, _userData);
    }

    private static void Append(LogLevel level, string message)
    {
        try
        {
            var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            _file!.WriteLine($"{time} {level.ToString().ToUpperInvariant()} {message}");
        }
        catch (IOException)
        {
            // A full disk must not fail the acquisition because of its log: the log ends here.
            _file = null;
        }
    }
}
