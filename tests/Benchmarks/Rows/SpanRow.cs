using System.Text.Json.Nodes;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>
/// Row 11: chunks through time while the stage goes from position to position, so that many frames wait for their chunks: in
/// the ring, or copied out of it early.
/// </summary>
internal sealed class SpanRow : IRow
{
    private const int Positions = 8, ChunkFrames = 16, ShortRing = 32;
    private const long RoomyBudget = 1L << 30;

    private static readonly Layout Layout = Layouts.MediumFrames with { ChunkFrames = ChunkFrames };

    public int Number => 11;

    public string Title => "several positions' span of frames";

    public void Measure(BenchmarkRun run)
    {
        foreach (var compression in new[] { Codecs.Raw, Codecs.Lz4 })
            Measure(run, new Regime(Layout, compression));
    }

    private static void Measure(BenchmarkRun run, Regime regime)
    {
        var rounds = Enumerable.Range(0, run.Effort.Rounds).Select(_ => (
            One: Speed(run, regime, "one image", null),
            Waiting: Speed(run, regime, "frames wait in the ring", document =>
                GoRound(document, "memory_budget_bytes", RoomyBudget)),
            Early: Speed(run, regime, "frames are copied out early", document => GoRound(document, "ring_frames", ShortRing))))
                .ToArray();
        Add($"{Positions} positions, {Positions * ChunkFrames} frames wait in the ring", round => round.Waiting, 0.9);
        Add($"{Positions} positions, copied early out of a ring of {ShortRing}", round => round.Early, 0.5);

        void Add(string name, Func<(double One, double Waiting, double Early), double> of, double bound) =>
            run.Results.Findings.Add(new Finding
            {
                Row = 11,
                Name = $"{regime.Name}, {name}; {run.QuietestPlace.Name}",
                Quantity = "throughput",
                Unit = "MB/s",
                Measured = Spread.Of(rounds.Select(of)),
                Against = $"one image beside it, {Spread.Of(rounds.Select(round => round.One)).Median:0} MB/s",
                Ratio = Spread.Of(rounds.Select(round => of(round) / round.One)),
                Budget = Budget.AtLeast(bound),
            });
    }

    private static double Speed(BenchmarkRun run, Regime regime, string name, Action<JsonObject>? adjust)
    {
        run.Say($"{regime.CodecName}, {name}");
        var folder = run.QuietestPlace;
        run.Warm(folder);
        var pool = run.Pools[regime.Layout.Frame];
        return LibraryLayer.Speed(regime, pool, folder, Sync.Never, run.Effort.StreamBytes, adjust).MegabytesPerSecond;
    }

    private static void GoRound(JsonObject document, string setting, long value)
    {
        var names = new JsonArray([.. Enumerable.Range(0, Positions).Select(i => (JsonNode)$"p{i}")]);
        document["dimensions"]!.AsArray().Insert(1, new JsonObject { ["name"] = "p", ["type"] = "position", ["coords"] = names });
        document["pipeline"] = new JsonObject { [setting] = value };
    }
}
