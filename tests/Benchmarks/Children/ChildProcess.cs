using System.Diagnostics;
using System.Text.Json;

namespace OmeZarr.Benchmarks.Children;

/// <summary>Runs a part of this program in a process of its own, whose memory and threads are nobody else's.</summary>
internal static class ChildProcess
{
    /// <summary>First argument of a child.</summary>
    public const string Argument = "--child";

    /// <summary>Starts this program again and reads the one JSON object that the child prints.</summary>
    /// <exception cref="InvalidOperationException">The child failed; its errors have been printed.</exception>
    public static JsonElement Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Argument, .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("the child process did not start");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"child '{string.Join(' ', arguments)}' ended with {process.ExitCode}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>What a child does.</summary>
    public static int Work(string[] arguments)
    {
        Action<Utf8JsonWriter> task = arguments switch
        {
            ["peak", var regime, var folder, var bytes] => json =>
                PeakMemory.Measure(int.Parse(regime), folder, long.Parse(bytes), json),
            ["long", var folder, var frames] => json => LongStream.Measure(folder, long.Parse(frames), withMetadata: false, json),
            ["long-metadata", var folder, var frames] => json =>
                LongStream.Measure(folder, long.Parse(frames), withMetadata: true, json),
            ["steady", var kind, var folder, var frames] => json => SteadyStream.Measure(kind, folder, long.Parse(frames), json),
            _ => throw new ArgumentException($"unknown child '{string.Join(' ', arguments)}'"),
        };
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        task(json);
        json.WriteEndObject();
        return 0;
    }
}
