using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace OmeZarr.Cli.Tests;

/// <summary>What the program answered.</summary>
internal sealed record Answer(int ExitCode, string Output, string Error, string CommandLine)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fails the test with all that was printed, unless the program ended so.</summary>
    public Answer ShouldEndWith(int exitCode)
    {
        Assert.That(ExitCode, Is.EqualTo(exitCode), () => $"{CommandLine}\n{Output}\n{Error}");
        return this;
    }

    public Answer ShouldSucceed()
    {
        ShouldEndWith(0);
        Assert.That(Error, Is.Empty, () => $"{CommandLine}\n{Error}");
        return this;
    }
}

/// <summary>
/// The program under test: the file that is shipped, named by an environment variable or in the checkout's artifacts. Tests
/// without it fail.
/// </summary>
internal static class PublishedProgram
{
    /// <summary>Names the program's file.</summary>
    public const string Variable = "OMEZARR_PROGRAM";

    /// <summary>Far beyond what anything here needs, also on a busy machine: only a hang gets here.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    public static string Path { get; } = Environment.GetEnvironmentVariable(Variable)
        ?? System.IO.Path.Combine(Root, "artifacts", "linux-x64", "bin", "omezarr");

    /// <summary>The checkout that these tests were built from.</summary>
    public static string Root => System.IO.Path.GetFullPath(System.IO.Path.Combine(ThisFolder(), "..", ".."));

    public static Answer Run(params IEnumerable<string> arguments) => RunWith(input: null, arguments);

    /// <summary>Runs it with something on its standard input.</summary>
    public static Answer RunWith(byte[]? input, params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        return End(process, output, error);
    }

    /// <summary>Starts it and does not wait.</summary>
    public static Process Start(params IEnumerable<string> arguments) => Program(Path, arguments);

    /// <summary>
    /// The same for a program that is to be interrupted, also where these tests run in the background of a shell: what such a
    /// shell starts ignores SIGINT, and what that starts does, too.
    /// </summary>
    public static Process StartInterruptible(params IEnumerable<string> arguments) =>
        Program("/usr/bin/env", ["--default-signal=INT", Path, .. arguments]);

    /// <summary>Runs another program, such as a shell.</summary>
    public static Answer Other(string program, params IEnumerable<string> arguments)
    {
        using var process = Program(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        return End(process, output, error);
    }

    /// <summary>Waits for the end of what was started.</summary>
    public static Answer End(Process process, Task<string> output, Task<string> error)
    {
        var commandLine = $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";
        if (!process.WaitForExit(Bound))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"{commandLine}\nwas still running after {Bound}");
        }

        return new Answer(process.ExitCode, output.Result, error.Result, commandLine);
    }

    private static Process Program(string program, IEnumerable<string> arguments)
    {
        Assert.That(program.Contains('/', StringComparison.Ordinal) && !File.Exists(program), Is.False,
            $"{program} is not there: ./build.sh Publish makes it");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        return Process.Start(start)!;
    }

    private static string ThisFolder([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;
}
