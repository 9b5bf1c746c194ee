using System.Globalization;
using System.Text.Json;
using OmeZarr.Benchmarks.Children;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Rows.Throughput;

namespace OmeZarr.Benchmarks.Rows.Memory;

/// <summary>Row 3: the memory that a saturated stream really takes, its estimate, and acquire-zarr's peak.</summary>
internal sealed class PeakMemoryRow : IRow
{
    private const double MiB = 1 << 20;

    public int Number => 3;

    public string Title => "memory";

    public void Measure(BenchmarkRun run)
    {
        for (var number = 0; number < Saturated.All.Count; number++)
        {
            var saturated = Saturated.All[number];
            run.Say(saturated.Regime.Name);
            var rounds = Enumerable.Range(0, run.Effort.Rounds).Select(_ => Child(run, number)).ToArray();
            Report(run.Results, saturated, rounds);
        }
    }

    private static JsonElement Child(BenchmarkRun run, int regime)
    {
        var bytes = run.Effort.StreamBytes.ToString(CultureInfo.InvariantCulture);
        return ChildProcess.Run("peak", regime.ToString(CultureInfo.InvariantCulture), run.QuietestPlace.Folder, bytes);
    }

    private static void Report(Results results, Saturated saturated, JsonElement[] rounds)
    {
        static double Value(JsonElement round, string name) => round.GetProperty(name).GetDouble();
        static double Used(JsonElement round) => Value(round, "peak") - Value(round, "own");
        var estimate = Value(rounds[0], "estimate");
        results.Findings.Add(new Finding
        {
            Row = 3,
            Name = saturated.Regime.Name,
            Quantity = "peak resident memory over the caller's own",
            Unit = "MiB",
            Measured = Spread.Of(rounds.Select(round => Used(round) / MiB)),
            Against = $"omz_estimate_memory, {estimate / MiB:0} MiB",
            Ratio = Spread.Of(rounds.Select(round => Used(round) / estimate)),
            Budget = Budget.AtMost(1),
            Note = $"the caller's own: {Value(rounds[0], "own") / MiB:0} MiB",
        });
        if (saturated.Peer.PeakMib is not { } peer)
            return;
        results.Findings.Add(new Finding
        {
            Row = 3,
            Name = saturated.Regime.Name,
            Quantity = "omz_estimate_memory",
            Unit = "MiB",
            Measured = Spread.Of(estimate / MiB),
            Against = $"acquire-zarr's peak, {peer:0} MiB",
            Ratio = Spread.Of(estimate / MiB / peer),
            Budget = Budget.AtMost(0.5),
        });
    }
}
