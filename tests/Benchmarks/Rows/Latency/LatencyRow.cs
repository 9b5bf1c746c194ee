using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Report;

namespace OmeZarr.Benchmarks.Rows.Latency;

/// <summary>Row 2: how long a camera thread is held by an append when the stream keeps up.</summary>
internal sealed class LatencyRow : IRow
{
    private const double OverheadBudgetNs = 1000, NoCopyBudgetUs = 5, BesideLoadBudget = 2;

    /// <summary>Bytes a second.</summary>
    private const double FastPace = 500e6;

    private static readonly double[] Shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

    private static readonly Pace[] Paces =
    [
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), 50, () => new CopiedFrames()),
        new(new Regime(Layouts.LargeFrames, Codecs.Raw), 100, () => new CopiedFrames()),
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), 100, () => new CopiedFrames()),
        new(new Regime(Layouts.FastCamera, Codecs.Raw), 5000, () => new CopiedFrames()),
        new(new Regime(Layouts.FastCamera, Codecs.Lz4), 5000, () => new CopiedFrames()),
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), 50, () => new SlotFrames()),
        new(new Regime(Layouts.FastCamera, Codecs.Raw), 5000, () => new SlotFrames()),
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), 50, () => new BorrowedFrames()),
        new(new Regime(Layouts.LargeFrames, Codecs.Lz4), 50, () => new EmptyCalls()),
        new(new Regime(Layouts.FastCamera, Codecs.Raw), 5000, () => new BorrowedFrames()),
    ];

    /// <summary>Frames that the rarest of ten thousand appends is looked for in.</summary>
    private const int FramesBesideLoad = 15_000;

    // At a fifth of the pace: the competitors take more than half of the processors.
    private static readonly Pace[] PacesBesideLoad =
    [
        new(new Regime(Layouts.FastCamera, Codecs.Raw), 1000, () => new CopiedFrames()),
        new(new Regime(Layouts.FastCamera, Codecs.Raw), 1000, () => new BorrowedFrames()),
    ];

    // Each way to hand in frames, each kind of camera.
    private static readonly int[] QuickPaces = [0, 3, 5, 7];

    public int Number => 2;

    public string Title => "append latency, not saturated";

    public void Measure(BenchmarkRun run)
    {
        MeasureOverhead(run);
        foreach (var pace in run.Options.Quick ? QuickPaces.Select(i => Paces[i]) : Paces)
        {
            run.Say(pace.Name);
            Report(run, pace, [.. Enumerable.Range(0, run.Effort.Rounds).Select(_ => Once(run, pace))]);
        }

        foreach (var pace in PacesBesideLoad)
        {
            run.Say($"{pace.Name}, {CompetingLoad.Name}");
            run.Results.Findings.Add(BesideLoad(run, pace));
        }
    }

    // What a scheduler does to any thread it does to the memcpy beside it too: that is what counts against.
    private static Finding BesideLoad(BenchmarkRun run, Pace pace)
    {
        const double share = 0.9999;
        var folder = run.QuietestPlace;
        using var load = new CompetingLoad(run.Disk);
        PacedRun[] rounds =
        [
            .. Enumerable.Range(0, run.Effort.Rounds).Select(_ =>
                PacedRun.Measure(pace, run.Pools[pace.Regime.Layout.Frame], folder, FramesBesideLoad / pace.FramesPerSecond)),
        ];
        return new Finding
        {
            Row = 2,
            Name = $"{pace.Name}; {folder.Name}; {CompetingLoad.Name}",
            Quantity = $"p99.99 of {pace.NewDelivery().Calls}",
            Unit = "µs",
            Measured = Spread.Of(rounds.Select(round => round.Appends.Percentile(share) / 1000)),
            Against = $"p99.99 of a memcpy of the frame beside it, {Micro(rounds, r => r.Copies.Percentile(share))} µs",
            Ratio = Spread.Of(rounds.Select(round => round.Appends.Percentile(share) / round.Copies.Percentile(share))),
            Budget = Budget.AtMost(BesideLoadBudget),
            Note = $"append p50 {Micro(rounds, r => r.Appends.Percentile(0.5))}, p99 "
                + $"{Micro(rounds, r => r.Appends.Percentile(0.99))}, "
                + $"longest {Micro(rounds, r => r.Appends.Percentile(1))}; the memcpy's longest "
                    + $"{Micro(rounds, r => r.Copies.Percentile(1))}; {Waits(rounds)}",
        };
    }

    private static PacedRun Once(BenchmarkRun run, Pace pace)
    {
        var folder = PlaceOf(run, pace);
        var frame = pace.Regime.Layout.Frame;
        run.Warm(folder, (long)(pace.FramesPerSecond * run.Effort.PacedSeconds * frame.Bytes));
        return PacedRun.Measure(pace, run.Pools[pace.Regime.Layout.Frame], folder, run.Effort.PacedSeconds);
    }

    // What counts is a stream that keeps up: a pace of a gigabyte a second is more than many disks take.
    private static WorkFolder PlaceOf(BenchmarkRun run, Pace pace) =>
        pace.FramesPerSecond * pace.Regime.Layout.Frame.Bytes > FastPace ? run.QuietestPlace : run.Disk;

    private static void MeasureOverhead(BenchmarkRun run)
    {
        run.Say("frames of one byte");
        var folder = run.QuietestPlace;
        var pool = run.Pools[Layouts.OneByteFrames.Frame];

        // The first stream only warms up.
        _ = CallOverhead.Measure(pool, folder);
        var (bursts, stats) = CallOverhead.Measure(pool, folder);
        run.Results.Findings.Add(new Finding
        {
            Row = 2,
            Name = $"frames of one byte, in bursts; {folder.Name}",
            Quantity = "append, mean of a burst",
            Unit = "ns",
            Measured = Spread.Of(bursts),
            Against = $"{OverheadBudgetNs:0} ns",
            Ratio = Spread.Of(bursts.Select(ns => ns / OverheadBudgetNs)),
            Budget = Budget.AtMost(1),
            Note = $"omz_stats says mean {stats.AppendMeanNs} ns, p50 {stats.AppendP50Ns}, p99 {stats.AppendP99Ns}, longest "
                + $"{stats.AppendMaxNs}",
        });
    }

    private static void Report(BenchmarkRun run, Pace pace, PacedRun[] rounds)
    {
        var delivery = pace.NewDelivery();
        if (!delivery.Copies)
        {
            run.Results.Findings.Add(WithoutCopy(run, pace, delivery, rounds));
            return;
        }

        run.Results.Findings.Add(AgainstCopy(run, pace, "p99 of append", rounds, 0.99, 1.5));
        run.Results.Findings.Add(AgainstCopy(run, pace, "longest append", rounds, 1, 3));
        run.Results.LatencyCurves.Add(new LatencyCurve(pace.Name, [.. Shares.Select(share => Point(rounds, share))]));
    }

    private static LatencyPoint Point(PacedRun[] rounds, double share) => new(
        share,
        Spread.Of(rounds.Select(round => round.Appends.Percentile(share))).Median,
        Spread.Of(rounds.Select(round => round.Copies.Percentile(share))).Median);

    private static Finding AgainstCopy(
        BenchmarkRun run, Pace pace, string quantity, PacedRun[] rounds, double share, double atMost) => new()
        {
            Row = 2,
            Name = $"{pace.Name}; {PlaceOf(run, pace).Name}",
            Quantity = quantity,
            Unit = "µs",
            Measured = Spread.Of(rounds.Select(round => round.Appends.Percentile(share) / 1000)),
            Against = $"median memcpy of a frame beside it, {Micro(rounds, r => r.Copies.Percentile(0.5))} µs",
            Ratio = Spread.Of(rounds.Select(round => round.Appends.Percentile(share) / round.Copies.Percentile(0.5))),
            Budget = Budget.AtMost(atMost),
            Note = $"append p50 {Micro(rounds, r => r.Appends.Percentile(0.5))}; the memcpy's own p99 "
            + $"{Micro(rounds, r => r.Copies.Percentile(0.99))}, "
            + $"longest {Micro(rounds, r => r.Copies.Percentile(1))}; omz_stats says p50 "
                + $"{Micro(rounds, r => r.Stats.AppendP50Ns)}, "
            + $"p99 {Micro(rounds, r => r.Stats.AppendP99Ns)}, longest {Micro(rounds, r => r.Stats.AppendMaxNs)}; "
                + $"{Waits(rounds)}",
        };

    private static Finding WithoutCopy(BenchmarkRun run, Pace pace, IDelivery delivery, PacedRun[] rounds) => new()
    {
        Row = 2,
        Name = $"{pace.Name}; {PlaceOf(run, pace).Name}",
        Quantity = $"p99 of {delivery.Calls}",
        Unit = "µs",
        Measured = Spread.Of(rounds.Select(round => round.Appends.Percentile(0.99) / 1000)),
        Against = $"{NoCopyBudgetUs:0} µs",
        Ratio = Spread.Of(rounds.Select(round => round.Appends.Percentile(0.99) / 1000 / NoCopyBudgetUs)),
        Budget = Budget.AtMost(1),
        Note = $"p50 {Micro(rounds, r => r.Appends.Percentile(0.5))}, longest {Micro(rounds, r => r.Appends.Percentile(1))}; "
            + $"{Waits(rounds)}",
    };

    private static string Micro(PacedRun[] rounds, Func<PacedRun, double> nanoseconds) =>
        Figures.Number(Spread.Of(rounds.Select(nanoseconds)).Median / 1000);

    private static string Waits(PacedRun[] rounds)
    {
        var waits = rounds.Sum(round => (long)round.Stats.RingWaits);
        return waits == 0 ? "never waited for a slot" : $"waited {waits} times for a slot: saturated";
    }
}
