using System.Diagnostics;

namespace OmeZarr.Storage.Tests;

/// <summary>Runs a program of the system to its end.</summary>
internal static class Command
{
    /// <summary>Its exit code and all it printed.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
