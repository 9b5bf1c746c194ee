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
        run.Say($"{frames} tiny frames");
        var rounds = Enumerable.Range(0, run.Effort.Rounds)
            .Select(_ => ChildProcess.Run("long", run.QuietestPlace.Folder, frames.ToString(CultureInfo.InvariantCulture)))
            .ToArray();
        run.Results.Findings.Add(Flatness.Time(6, rounds, frames));
        run.Results.Findings.Add(Flatness.Memory(6, rounds, frames));
    }
}
