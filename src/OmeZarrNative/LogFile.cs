using System.Globalization;
using System.Text;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// A regular file that log lines are appended to. Opened by the caller's thread, then used by the log's thread only.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private readonly Stream _file;
    private long _missing;
    private string _why = "";

    internal LogFile(Stream file) => _file = file;

    /// <summary>Opens or creates a file. Never waits for another process, as opening a pipe would.</summary>
    /// <exception cref="AbiException">It cannot be a log file; the message says why and what to do.</exception>
    public static LogFile Open(string path)
    {
        if (path.Length == 0)
            throw new AbiException(Status.InvalidArgument, "path is empty; name a file, or give null to end the log");
        try
        {
            return new LogFile(OperatingSystem.IsWindows() ? OpenOnWindows(path) : LogFileCalls.Open(path));
        }
        catch (Exception failed) when (
            failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new AbiException(
                failed is UnauthorizedAccessException ? Status.AccessDenied
                    : Status.Io, $"the log file `{path}` cannot be opened: {failed.Message}");
        }
    }

    /// <summary>
    /// Appends a line. Lines that could not be written are reported once writing works again: a full disk costs lines, nothing
    /// else.
    /// </summary>
    public void Append(LogLine line)
    {
        try
        {
            if (_missing > 0)
                Write(new LogLine(line.Time, LogLevel.Warning, $"{_missing} lines of the log are missing here: {_why}"));
            _missing = 0;
            Write(line);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            // Not only an IOException: the runtime has others for some of the system's errors, such as a file that is too large.
            _missing++;
            _why = failed.Message;
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(in LogLine line)
    {
        var time = line.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _file.Write(Encoding.UTF8.GetBytes($"{time} {line.Level.ToString().ToUpperInvariant()} {line.Message}\n"));
        _file.Flush();
    }

    private static FileStream OpenOnWindows(string path)
    {
        if (Directory.Exists(path))
            throw new AbiException(Status.InvalidArgument, $"the log file `{path}` is a folder; name a file in it");
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }
}
