using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace AbiTests;

/// <summary>What a program printed (both streams, in the order of arrival) and its exit status.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string CommandLine)
{
    /// <summary>Fails the test with all that was printed, unless the exit status is 0.</summary>
    public ToolResult ShouldSucceed()
    {
        Assert.That(ExitCode, Is.Zero, () => $"{CommandLine}\n{Output}");
        return this;
    }
}

/// <summary>Runs a program to its end, within a bound.</summary>
internal static class Tool
{
    /// <summary>Far beyond what any of the programs needs, also on a busy machine: only a hang gets here.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    public static ToolResult Run(string program, params IEnumerable<string> arguments) =>
        Run(program, arguments, folder: null, environment: []);

    /// <param name="program">A path, or a name to look for.</param>
    /// <param name="arguments">One each; nothing is split or expanded.</param>
    /// <param name="folder">The working folder; null: this process's.</param>
    /// <param name="environment">Variables beside this process's own.</param>
    public static ToolResult Run(
        string program,
        IEnumerable<string> arguments, string? folder, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var commandLine = $"{program} {string.Join(' ', start.ArgumentList)}";
        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        Start(process, commandLine);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Bound))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"{commandLine}\nwas still running after {Bound}\n{Text(output)}");
        }

        process.WaitForExit(); // until both streams have been read to their ends
        return new ToolResult(process.ExitCode, Text(output), commandLine);
    }

    private static void Start(Process process, string commandLine)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            Assert.Fail($"{commandLine}\ncannot be started: {exception.Message}");
        }
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            if (line is not null)
                output.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder output)
    {
        lock (output)
            return output.ToString();
    }
}
