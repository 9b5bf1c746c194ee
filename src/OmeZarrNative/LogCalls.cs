using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>The calls that direct the log.</summary>
internal static unsafe class LogCalls
{
    public static int SetCallback(delegate* unmanaged[Cdecl]<int, byte*, void*, void> callback, int level, void* userData)
    {
        Log.SetCallback(callback, Level(level), userData);
        return Status.Ok;
    }

    public static int SetFile(byte* path, int level)
    {
        Log.SetFile(path == null ? null : TextIn.String(path, "path"), Level(level));
        return Status.Ok;
    }

    private static LogLevel Level(int level) => level is >= (int)LogLevel.Debug and <= (int)LogLevel.Error
        ? (LogLevel)level
        : throw new AbiException(Status.InvalidArgument, $"min_level is {level}; OMZ_LOG_DEBUG (0) to OMZ_LOG_ERROR (3) are known");
}
