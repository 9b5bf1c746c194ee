using System.Diagnostics;
using OmeZarr.Benchmarks.Acquisitions;
using OmeZarr.Benchmarks.Frames;
using OmeZarr.Benchmarks.Limits;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;

namespace OmeZarr.Benchmarks.Rows;

/// <summary>Row 9: from create to the first accepted frame, and finalizing when everything is already stored.</summary>
internal sealed unsafe class StartRow : IRow
{
    private const double BudgetMs = 50;
    private const int Frames = 16;

    public int Number => 9;

    public string Title => "start and end";

    public void Measure(BenchmarkRun run)
    {
        var places = run.MemoryDisk is { } memory ? new[] { memory, run.Disk } : [run.Disk];
        foreach (var folder in places)
        {
            run.Say(folder.Name);
            MeasureAt(run, folder);
        }
    }

    private static void MeasureAt(BenchmarkRun run, WorkFolder folder)
    {
        var regime = new Regime(Layouts.LargeFrames, Codecs.Lz4);
        var pool = run.Pools[regime.Layout.Frame];
        List<double> starts = [], ends = [];
        for (var i = 0; i < run.Effort.Starts; i++)
        {
            run.Warm(folder);
            var (start, end) = Once(SettingsDocument.Of(regime, folder.Dataset, Sync.Flush), pool);
            folder.RemoveDataset();
            starts.Add(start);
            ends.Add(end);
        }

        run.Results.Findings.Add(Line($"{regime.Name}; {folder.Name}", "create until the first frame is taken", starts));
        run.Results.Findings.Add(Line($"{regime.Name}; {folder.Name}", $"finalize after a flush of all {Frames} frames", ends));
    }

    private static (double StartMs, double EndMs) Once(string settings, FramePool pool)
    {
        var started = Stopwatch.GetTimestamp();
        using var stream = NativeStream.Create(settings);
        stream.Append(pool[0], pool.Shape.Bytes);
        var start = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        for (var frame = 1; frame < Frames; frame++)
            stream.Append(pool[frame], pool.Shape.Bytes);
        stream.Flush();
        started = Stopwatch.GetTimestamp();
        stream.Finish();
        return (start, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static Finding Line(string name, string quantity, List<double> milliseconds) => new()
    {
        Row = 9,
        Name = name,
        Quantity = quantity,
        Unit = "ms",
        Measured = Spread.Of(milliseconds),
        Against = $"{BudgetMs:0} ms",
        Ratio = Spread.Of(milliseconds.Select(ms => ms / BudgetMs)),
        Budget = Budget.AtMost(1),
        Note = $"the first took {milliseconds[0]:0.0} ms",
    };
}
