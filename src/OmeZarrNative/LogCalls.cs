using OmeZarr.Concurrency;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that direct the log.</summary>
internal static unsafe class LogCalls
{
    /// <summary>OMZ_LOG_WAIT_MS of the header: how long a call waits for an earlier receiver.</summary>
    private const int WaitMs = 5000;

    public static int SetCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, int level, void* userData)
    {
        var ended = Log.SetCallback(callback, Level(level), userData, Deadline.After(WaitMs));
        return ended ? Status.Ok : LastError.Set(
            Status.Timeout,
            $"an earlier log callback has not returned within {WaitMs} ms: what it uses must stay valid until it does; call "
                + $"again to wait on");
    }

    public static int SetFile(byte* path, int level)
    {
        var minimum = Level(level);
        var name = path == null ? null : TextIn.String(path, "path");
        ExitHandler.Register();
        var file = name is null ? null : LogFile.Open(name);
        var ended = Replace(file, minimum);
        return ended ? Status.Ok : LastError.Set(
            Status.Timeout, $"an earlier log file is still being written after {WaitMs} ms; call again to wait on");
    }

    private static bool Replace(LogFile? file, LogLevel minimum)
    {
        try
        {
            return Log.SetFile(file, minimum, Deadline.After(WaitMs));
        }
        catch
        {
            // Ownership was not passed on: closing is still ours.
            file?.Dispose();
            throw;
        }
    }

    private static LogLevel Level(int level) => level is >= (int)LogLevel.Debug and <= (int)LogLevel.Error
        ? (LogLevel)level
        : throw new AbiException(Status.InvalidArgument,
            $"min_level is {level}; OMZ_LOG_DEBUG (0) to OMZ_LOG_ERROR (3) are known");
}
