using System.Globalization;
using OmeZarr.Benchmarks.Children;

namespace OmeZarr.Benchmarks.Rows.Memory;

/// <summary>Row 6: a million frames and a hundred thousand chunks, in a process of their own.</summary>
internal sealed class LongRunRow : IRow
{
    public int Number => 6;

    public string Title => "long run";

    public void Measure(BenchmarkRun run)
    {
        var frames = run.Effort.LongFrames;
        Measure(run, "long", $"{frames} tiny frames", frames);
        Measure(run, "long-metadata", $"{frames} tiny frames, each with times, position and JSON", frames);
    }

    private static void Measure(BenchmarkRun run, string child, string name, long frames)
    {
        run.Say(name);
        var rounds = Enumerable.Range(0, run.Effort.Rounds)
            .Select(_ => ChildProcess.Run(child, run.QuietestPlace.Folder, frames.ToString(CultureInfo.InvariantCulture)))
            .ToArray();
        run.Results.Findings.Add(Flatness.Time(6, rounds, name, frames));
        run.Results.Findings.Add(Flatness.Memory(6, rounds, name));
    }
}
