using System.Diagnostics;
using System.Reflection;

namespace OmeZarr.Concurrency.Tests;

/// <summary>Runs a program of another project of the tests, which is built where this one is.</summary>
internal static class ChildProgram
{
    public static string Root => Metadata("RepositoryRoot");

    /// <summary>Runs it to its end; its output with its errors behind.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var path = Path.Join(Root, "tests", program, Metadata("ProgramPath"), program + ".dll");
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        // The input, too: a program that shares a terminal is stopped by it when it runs in the background.
        var start = new ProcessStartInfo(host, [path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string Metadata(string key) => typeof(ChildProgram).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
