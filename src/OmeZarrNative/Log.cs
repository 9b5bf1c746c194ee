using OmeZarr.Concurrency;

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
/// The process's log: a callback of the host and a file, each optional and each with its own thread, so that neither delays the
/// other or the code that logs. Any thread.
/// </summary>
internal static unsafe class Log
{
    private static readonly LogPlace Callbacks = new();
    private static readonly LogPlace Files = new();

    /// <summary>Logs a message. Never waits for a receiver, and never throws: a failing log breaks nothing else.</summary>
    public static void Write(LogLevel level, string message)
    {
        try
        {
            if (!Callbacks.IsTaken && !Files.IsTaken)
                return;
            var line = new LogLine(DateTime.UtcNow, level, message);
            Callbacks.Add(line);
            Files.Add(line);
        }
        catch (Exception)
        {
            // No memory for a line: it is lost.
        }
    }

    /// <summary>Logs what a user should know although nothing has failed.</summary>
    public static void Warn(string message) => Write(LogLevel.Warning, message);

    /// <summary>
    /// Replaces the callback, or (null) removes it. False when an earlier one was still running at the deadline.
    /// </summary>
    public static bool SetCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, LogLevel minimum,
        void* userData, Deadline deadline)
    {
        var next = callback == null ? null
            : LogSink.Start("omz log", minimum, new LogCallback(callback, userData).Call, static () => { });
        return Callbacks.Replace(next, deadline);
    }

    /// <summary>
    /// Appends to a file from now on, or (null) ends it. False when an earlier one was still being written at the deadline.
    /// </summary>
    public static bool SetFile(LogFile? file, LogLevel minimum, Deadline deadline)
    {
        var next = file is null ? null : LogSink.Start("omz log file", minimum, file.Append, file.Dispose);
        return Files.Replace(next, deadline);
    }

    /// <summary>Waits until the file has all lines so far; at the end of the process.</summary>
    public static void CloseFile(Deadline deadline) => _ = Files.Replace(null, deadline);

    private sealed class LogCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, void* userData)
    {
        public void Call(LogLine line)
        {
            var utf8 = System.Text.Encoding.UTF8.GetBytes(line.Message + '\0');
            // SAFETY: the text is pinned for the call, as the header promises.
            fixed (byte* text = utf8)
                callback((int)line.Level, text, userData);
        }
    }
}
