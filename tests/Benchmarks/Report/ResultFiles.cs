using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Report;

/// <summary>The files that a run leaves: JSON, Markdown and plots, named by CPU.</summary>
internal static class ResultFiles
{
    public static void Write(Results results, Options options)
    {
        // Units and shapes stay as people write them (µs, 2048²): the file is for them and for diffs, never part of a web page.
        var readable =
            new JsonSerializerOptions(ResultsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var json = JsonSerializer.Serialize(results, new ResultsJson(readable).Results) + "\n";
        if (options.Json is { } file)
            WriteText(file, json);
        if (options.ResultFolder is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        var stem = Path.Combine(folder, results.Machine.Slug);
        WriteText($"{stem}.json", json);
        if (results.Throughputs.Count > 0)
            WriteText($"{stem}-throughput.svg", ThroughputPlot.Draw(results.Throughputs));
        if (results.LatencyCurves.Count > 0)
            WriteText($"{stem}-latency.svg", LatencyPlot.Draw(results.LatencyCurves));
        WriteText($"{stem}.md", MarkdownReport.Of(results));
    }

    private static void WriteText(string path, string text)
    {
        File.WriteAllText(path, text);
        ConsoleReport.Say($"wrote {path}");
    }
}

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsJson : JsonSerializerContext;
