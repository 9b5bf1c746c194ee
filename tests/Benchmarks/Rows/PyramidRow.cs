using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>Row 7: what resolution levels cost, a third more data and the making of it.</summary>
internal sealed class PyramidRow : IRow
{
    private static readonly Budget Budget = Budget.AtMost(1.5);

    public int Number => 7;

    public string Title => "with a pyramid of means";

    public void Measure(BenchmarkRun run)
    {
        foreach (var layout in new[] { Layouts.LargeFrames, Layouts.MediumFrames })
        {
            foreach (var compression in new[] { Codecs.Raw, Codecs.Lz4 })
                Measure(run, new Regime(layout, compression));
        }
    }

    private static void Measure(BenchmarkRun run, Regime regime)
    {
        var rounds = Enumerable.Range(0, run.Effort.Rounds).Select(round => round % 2 == 0
            ? (Without: Speed(run, regime, false), With: Speed(run, regime, true))
            : Swapped(With: Speed(run, regime, true), Without: Speed(run, regime, false))).ToArray();
        run.Results.Findings.Add(new Finding
        {
            Row = 7,
            Name = $"{regime.Name}, levels down to 256 pixels; {run.QuietestPlace.Name}",
            Quantity = "time of a stream, full resolution in",
            Unit = "MB/s",
            Measured = Spread.Of(rounds.Select(round => round.With)),
            Against = $"the same without a pyramid beside it, {Spread.Of(rounds.Select(round => round.Without)).Median:0} MB/s",
            Ratio = Spread.Of(rounds.Select(round => round.Without / round.With)),
            Budget = Budget,
        });

        static (double Without, double With) Swapped(double With, double Without) => (Without, With);
    }

    private static double Speed(BenchmarkRun run, Regime regime, bool withPyramid)
    {
        var folder = run.QuietestPlace;
        run.Say($"{regime.Name}, {(withPyramid ? "with" : "without")} a pyramid");
        run.Warm(folder);
        return LibraryLayer.Speed(
            regime, run.Pools[regime.Layout.Frame], folder, Sync.Never, run.Effort.StreamBytes,
            document => document["pyramid"] = withPyramid
                ? new JsonObject { ["levels"] = "auto", ["method"] = "mean" }
                : null).MegabytesPerSecond;
    }
}
