using System.Globalization;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Children;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Layers;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Report;

namespace OmeZarr.Benchmarks.Rows.Memory;

/// <summary>
/// Row 4: garbage and threads. The published library does not tell what its garbage collector does, so allocation is measured on
/// the same code in this process, and of the library that its memory stays flat.
/// </summary>
internal sealed class GarbageRow : IRow
{
    private const int MaxOtherThreads = 2;

    // Frames before the measurement: code is compiled, pools fill.
    private const int WarmFrames = 20_000;

    private const int FlushIntervalMs = 3_600_000;

    public int Number => 4;

    public string Title => "garbage and threads";

    public void Measure(BenchmarkRun run)
    {
        // A shard so long that it does not end during the run, with nothing published in between: what every frame costs.
        MeasureAllocation(run, Layouts.TinyFrames with { Shard = (1 << 20, 1, 1) }, "within one shard", mayAllocate: false);

        // Opening a shard makes objects for its file and its index.
        MeasureAllocation(run, Layouts.TinyFrames, "10 000 frames a shard", mayAllocate: true);
        MeasureThreads(run);
    }

    private static void MeasureAllocation(BenchmarkRun run, Layout layout, string name, bool mayAllocate)
    {
        run.Say($"allocation {name}");
        var frames = run.Effort.SteadyFrames;
        var pool = run.Pools[layout.Frame];
        List<double> bytes = [], collections = [];
        for (var round = 0; round < run.Effort.Rounds; round++)
        {
            var (allocated, collected) = Allocation(pool, new Regime(layout, Codecs.Raw), frames);
            bytes.Add(allocated);
            collections.Add(collected);
        }

        var note = $"managed bytes a frame: {Figures.Spread(Spread.Of(bytes), "")}";
        run.Results.Findings.Add(Line(name, frames, "garbage collections", "", collections) with { Note = note });
        if (!mayAllocate)
            run.Results.Findings.Add(Line(name, frames, "managed allocation a frame", "bytes", bytes));
    }

    private static (double BytesAFrame, int Collections) Allocation(FramePool pool, Regime regime, long frames)
    {
        var settings = SettingsDocument.Of(
            regime, "unused", Sync.Never, document => document["durability"]!["flush_interval_ms"] = FlushIntervalMs);
        using var layer = new NullStoreLayer(pool, settings);
        layer.Append(WarmFrames);
        layer.Flush();
        var collections = GC.CollectionCount(0);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        layer.Append(frames);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        collections = GC.CollectionCount(0) - collections;
        layer.Finish();
        return ((double)allocated / frames, collections);
    }

    // Nothing to divide by: the ratio is the value.
    private static Finding Line(string name, long frames, string quantity, string unit, List<double> values) => new()
    {
        Row = 4,
        Name = $"{frames} tiny frames on NullStore (JIT), {name}",
        Quantity = quantity,
        Unit = unit,
        Measured = Spread.Of(values),
        Against = "none",
        Ratio = Spread.Of(values),
        Budget = Budget.AtMost(0),
    };

    private static void MeasureThreads(BenchmarkRun run)
    {
        run.Say("threads and memory of the library");
        var child = ChildProcess.Run("long", run.QuietestPlace.Folder, run.Effort.SteadyFrames.ToString(CultureInfo.InvariantCulture));
        run.Results.Findings.Add(Flatness.Memory(4, [child], run.Effort.SteadyFrames));
        var threads = child.GetProperty("threads").EnumerateArray().Select(name => name.GetString()!).ToArray();
        if (threads.Length == 0)
        {
            run.Results.Skipped.Add("threads of the library: this system does not list them");
            return;
        }

        var budget = Environment.ProcessorCount + MaxOtherThreads;
        run.Results.Findings.Add(new Finding
        {
            Row = 4,
            Name = "published library, one stream",
            Quantity = "threads added to the caller's",
            Unit = "",
            Measured = Spread.Of(threads.Length),
            Against = $"{Environment.ProcessorCount} workers and {MaxOtherThreads}",
            Ratio = Spread.Of((double)threads.Length / budget),
            Budget = Budget.AtMost(1),
            Note = string.Join(", ", threads.CountBy(name => name).Select(pair => $"{pair.Value} x {pair.Key}")),
        });
    }
}
