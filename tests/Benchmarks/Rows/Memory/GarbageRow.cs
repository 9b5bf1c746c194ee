using System.Globalization;
using OmeZarr.Benchmarks.Children;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Report;

namespace OmeZarr.Benchmarks.Rows.Memory;

/// <summary>Row 4: garbage and threads, both of the published library.</summary>
internal sealed class GarbageRow : IRow
{
    private const int MaxOtherThreads = 2;

    /// <summary>
    /// In bytes a frame. The runtime counts as threads take room for objects, 8 KiB at a time, and a flush makes a few: over
    /// 100 000 frames that is less than this, while one object of the smallest size for each frame is 24.
    /// </summary>
    private const double CountingError = 0.5;

    public int Number => 4;

    public string Title => "garbage and threads";

    public void Measure(BenchmarkRun run)
    {
        MeasureGarbage(run, SteadyStream.OneShard, "within one shard", mayAllocate: false);
        MeasureGarbage(run, SteadyStream.OneShardWithLevels, "three levels, within one shard each", mayAllocate: false);

        // Opening a shard makes objects for its file and its index; a folder for each chunk is a name to remember.
        MeasureGarbage(run, SteadyStream.ManyShards, "10 000 frames a shard", mayAllocate: true);
        MeasureGarbage(run, SteadyStream.ManyShardsWithLevels, "three levels, 10 000 frames a shard", mayAllocate: true);
        MeasureGarbage(run, SteadyStream.Objects, "a file and its folders for each 10 frames", mayAllocate: true, collections: 1);
        MeasureThreads(run);
    }

    private static void MeasureGarbage(BenchmarkRun run, string kind, string name, bool mayAllocate, int collections = 0)
    {
        run.Say($"garbage {name}");
        var frames = run.Effort.SteadyFrames;
        var rounds = Enumerable.Range(0, run.Effort.Rounds)
            .Select(_ =>
                ChildProcess.Run("steady", kind, run.QuietestPlace.Folder, frames.ToString(CultureInfo.InvariantCulture)))
            .ToArray();
        var bytes = rounds.Select(round => round.GetProperty("allocated").GetDouble() / frames).ToList();
        var collected = rounds.Select(round => round.GetProperty("collections").GetDouble()).ToList();
        var note = $"managed bytes a frame: {Figures.Spread(Spread.Of(bytes), "")}";
        run.Results.Findings.Add(Line(name, frames, "garbage collections", "", collected, collections) with { Note = note });
        if (!mayAllocate)
            run.Results.Findings.Add(Line(name, frames, "managed allocation a frame", "bytes", bytes, CountingError));
    }

    // Nothing to divide by: the ratio is the value.
    private static Finding Line(string name, long frames, string quantity, string unit, List<double> values, double budget) =>
        new()
        {
            Row = 4,
            Name = $"published library, {frames} tiny frames, {name}",
            Quantity = quantity,
            Unit = unit,
            Measured = Spread.Of(values),
            Against = "none",
            Ratio = Spread.Of(values),
            Budget = Budget.AtMost(budget),
        };

    private static void MeasureThreads(BenchmarkRun run)
    {
        run.Say("threads and memory of the library");
        var child = ChildProcess.Run("long", run.QuietestPlace.Folder,
            run.Effort.SteadyFrames.ToString(CultureInfo.InvariantCulture));
        run.Results.Findings.Add(Flatness.Memory(4, [child], $"{run.Effort.SteadyFrames} tiny frames"));
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
