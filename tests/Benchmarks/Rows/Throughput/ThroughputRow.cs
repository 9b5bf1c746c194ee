using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Benchmarks.Rows.Throughput;

/// <summary>Row 1: how fast frames go when nothing holds them back.</summary>
internal sealed class ThroughputRow : IRow
{
    private static readonly Budget CeilingBudget = Budget.AtLeast(0.9);

    public int Number => 1;

    public string Title => "throughput of a saturated stream";

    public void Measure(BenchmarkRun run)
    {
        var places = WorkPlace.All(run);
        run.Results.Limits.Add(new Limit("memcpy of a 2 MiB frame in the cache, one thread", "MB/s", CachedCopy(run)));
        var rounds = new Dictionary<Saturated, IReadOnlyList<RoundFigures>>();
        foreach (var saturated in Saturated.All)
        {
            run.Say(saturated.Regime.Name);
            rounds[saturated] = new RegimeRounds(run, saturated.Regime, places).Measure();
            Report(run.Results, saturated, places, rounds[saturated]);
        }

        foreach (var kind in places.GroupBy(place => $"{place.Folder.Name}{(place.IsSynced ? " with fsync" : "")}"))
        {
            var speeds = rounds.Values.SelectMany(figures => figures)
                .SelectMany(figure => kind.Select(place => figure.Write[place]));
            run.Results.Limits.Add(new Limit(
                $"write of {run.Effort.StreamBytes >> 20} MiB in blocks of 4 MiB, {kind.Key}", "MB/s", Spread.Of(speeds)));
        }
    }

    private static Spread CachedCopy(BenchmarkRun run)
    {
        var pool = run.Pools[Layouts.MediumFrames.Frame];
        return Spread.Of(Enumerable.Range(0, run.Effort.Rounds).Select(_ => MemoryCopy.Cached(pool, run.Effort.StreamBytes))
            .ToArray());
    }

    private static void Report(Results results, Saturated saturated,
        IReadOnlyList<WorkPlace> places, IReadOnlyList<RoundFigures> rounds)
    {
        var regime = saturated.Regime;
        if (!regime.IsRaw)
        {
            var ratio = Spread.Of(rounds.Select(r => r.Codec!.Ratio));
            results.Limits.Add(new Limit(
                $"{CLibrary(regime)} {regime.CodecName}, one thread, {regime.Layout} ({ratio.Median:0.00} times smaller)", "MB/s",
                Spread.Of(rounds.Select(r => r.Codec!.MegabytesPerSecond))));
        }

        results.Layers.Add(new Layer(regime.Name, "memcpy into slots, one thread", Spread.Of(rounds.Select(r => r.Copy))));
        results.Layers.Add(new Layer(regime.Name, "ring (JIT)", Spread.Of(rounds.Select(r => r.Ring))));
        results.Layers.Add(new Layer(regime.Name, "ring + codec, NullStore (JIT)", Spread.Of(rounds.Select(r => r.NullStore))));
        foreach (var place in places)
        {
            var speed = Spread.Of(rounds.Select(r => r.Stream[place]));
            results.Layers.Add(new Layer(regime.Name, $"library, {place.Name}", speed));
            results.Throughputs.Add(
                new ThroughputFigure(regime.Name, place.Name, speed, Spread.Of(rounds.Select(r => r.Ceiling(place)))));
            results.Findings.Add(AgainstCeiling(regime, place, speed, rounds));
            if (saturated.Peer.At(place) is { } peer)
                results.Findings.Add(AgainstPeer(regime, place, speed, rounds, peer));
        }
    }

    private static Finding AgainstCeiling(Regime regime, WorkPlace place, Spread speed, IReadOnlyList<RoundFigures> rounds) =>
        new()
        {
            Row = 1,
            Name = $"{regime.Name}; {place.Name}",
            Quantity = "throughput",
            Unit = "MB/s",
            Measured = speed,
            Against = $"ceiling beside it, {Spread.Of(rounds.Select(r => r.Ceiling(place))).Median:0} MB/s",
            Ratio = Spread.Of(rounds.Select(r => r.Stream[place] / r.Ceiling(place))),
            Budget = CeilingBudget,
        };

    private static Finding AgainstPeer(Regime regime, WorkPlace place, Spread speed, IReadOnlyList<RoundFigures> rounds,
        double peer)
    {
        var peerShare = peer / PeerMachine.LimitOf(regime, place);
        return new Finding
        {
            Row = 1,
            Name = $"{regime.Name}; {place.Name}",
            Quantity = "throughput over its limit",
            Unit = "of the limit",
            Measured = Spread.Of(rounds.Select(r => r.Stream[place] / r.Limit(place))),
            Against = $"acquire-zarr's share of its machine's limit, {peerShare:0.00}",
            Ratio = Spread.Of(rounds.Select(r => r.Stream[place] / r.Limit(place) / peerShare)),
            Budget = PeerBudget(regime),
            Note = $"{speed.Median:0} MB/s; acquire-zarr {peer:0} MB/s on its machine",
        };
    }

    // With zstd both are near the codec's own limit, and the ceiling is the budget that counts.
    private static Budget PeerBudget(Regime regime) => Budget.AtLeast(regime.Compression switch
    {
        Compression.Blosc { Compressor: BloscCompressor.Lz4 } or Compression.None => 2,
        _ => 1,
    });

    private static string CLibrary(Regime regime) => regime.Compression is Compression.Zstd ? "libzstd" : "c-blosc";
}
