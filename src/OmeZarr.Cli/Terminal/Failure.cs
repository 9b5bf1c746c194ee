using OmeZarr.Reading.Arrays;
using OmeZarr.Storage;

namespace OmeZarr.Cli.Terminal;

/// <summary>Ends the program with a message in the user's words.</summary>
internal sealed class UserException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static UserException Usage(string message) => new(Terminal.ExitCode.Usage, message);

    public static UserException CannotAccess(string message) => new(Terminal.ExitCode.CannotAccess, message);

    /// <summary>A file or folder that is not there; a name that begins as options do was meant as one.</summary>
    public static UserException NotThere(string path) => path.StartsWith("--", StringComparison.Ordinal)
        ? Usage($"there is no option '{path}'") : CannotAccess($"'{path}' is not there");
}

/// <summary>Turns what was thrown into a message and an exit code.</summary>
internal static class Failure
{
    public static int Tell(Exception failure, string command, Screen screen)
    {
        var (code, message) = failure switch
        {
            UserException told => (told.ExitCode, told.Message),
            ReadingException reading => (ExitCode.CannotAccess, reading.Message),
            StoreException store => (ExitCode.CannotAccess, store.Message),
            UnauthorizedAccessException or IOException => (ExitCode.CannotAccess, failure.Message),
            OutOfMemoryException => (ExitCode.CannotAccess, $"there is not enough memory: {failure.Message}"),
            // What nobody thought of: the place in the program is needed to mend it.
            _ => (ExitCode.CannotAccess, $"a defect of the program, please report it: {failure}"),
        };
        foreach (var line in message.Split('\n'))
            screen.Error.WriteLine($"{command}: {Printable.Text(line)}");
        return code;
    }
}
