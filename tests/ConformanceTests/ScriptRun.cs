using System.ComponentModel;
using System.Diagnostics;

namespace OmeZarr.ConformanceTests;

/// <summary>A script of the readers' folder, run to its end.</summary>
internal sealed record ScriptRun(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>
    /// Nothing that a test asks for takes this long, on a busy machine either; what hangs must not hang the tests.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The lines printed, without empty ones.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static ScriptRun OfPython(string script, params string[] arguments) =>
        Run("bash", [InReaders("python.sh"), InReaders(script), .. arguments]);

    /// <summary>Lines of Python, run in a folder.</summary>
    public static ScriptRun OfPythonCode(string code, string folder)
    {
        var script = Path.Join(folder, "sample.py");
        File.WriteAllText(script, code);
        return Run("bash", [InReaders("python.sh"), script], folder);
    }

    public static ScriptRun OfNode(string script, params string[] arguments) => Run("node", [InReaders(script), .. arguments]);

    public static ScriptRun OfFormatHarness(params string[] arguments) =>
        Run("bash", [Path.Join(Repository.Root, "tests", "FormatHarness", "run.sh"), .. arguments]);

    /// <summary>For a message: what was run, how it ended and everything it said.</summary>
    public override string ToString() => $"{Command}\nexit code {ExitCode}\n{Output}{Errors}".TrimEnd();

    private static string InReaders(string file) => Path.Join(Repository.ReadersFolder, file);

    private static ScriptRun Run(string program, string[] arguments, string? folder = null)
    {
        var command = $"{program} {string.Join(' ', arguments)}";
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{command}: {e.Message}. Is {program} installed? ./build.sh Setup does it.", e);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{command} did not end within {Limit}.");
            }

            return new ScriptRun(command, process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
        }
    }
}
