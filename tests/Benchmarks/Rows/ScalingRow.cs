using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>Row 10: what each further worker adds, up to one more than there are cores.</summary>
internal sealed class ScalingRow : IRow
{
    // The camera's thread copies meanwhile, and has no core of its own once there is a worker for each.
    private static readonly Budget Budget = Budget.AtLeast(0.75);

    public int Number => 10;

    public string Title => "one worker to one more than cores";

    public void Measure(BenchmarkRun run)
    {
        var regime = new Regime(Layouts.LargeFrames, Codecs.Lz4);
        var folder = run.QuietestPlace;
        var cores = Environment.ProcessorCount;
        var rounds = Enumerable.Range(0, run.Effort.Rounds).Select(_ => Enumerable.Range(1, cores + 1).Select(workers =>
        {
            run.Say($"{workers} workers");
            run.Warm(folder);
            return LibraryLayer.Speed(
                regime, run.Pools[regime.Layout.Frame], folder, Sync.Never, run.Effort.StreamBytes,
                document => document["pipeline"] = new JsonObject { ["workers"] = workers }).MegabytesPerSecond;
        }).ToArray()).ToArray();
        for (var workers = 1; workers <= cores + 1; workers++)
        {
            // More workers than cores are not to make it slower.
            var usable = Math.Min(workers, cores);
            var speeds = rounds.Select(round => round[workers - 1]).ToArray();
            run.Results.Findings.Add(new Finding
            {
                Row = 10,
                Name = $"{regime.Name}, {workers} workers on {cores} cores; {folder.Name}",
                Quantity = "throughput",
                Unit = "MB/s",
                Measured = Spread.Of(speeds),
                Against = $"{usable} times one worker beside it, "
                    + $"{Spread.Of(rounds.Select(round => usable * round[0])).Median:0} MB/s",
                Ratio = Spread.Of(rounds.Select(round => round[workers - 1] / (usable * round[0]))),
                Budget = Budget,
            });
        }
    }
}
