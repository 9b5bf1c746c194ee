using OmeZarr.Benchmarks;
using OmeZarr.Benchmarks.Children;
using OmeZarr.Benchmarks.Measuring;
using OmeZarr.Benchmarks.Native;
using OmeZarr.Benchmarks.Report;
using OmeZarr.Benchmarks.Rows;
using OmeZarr.Benchmarks.Rows.Latency;
using OmeZarr.Benchmarks.Rows.Memory;
using OmeZarr.Benchmarks.Rows.Throughput;

const int failed = 1, misused = 2;
IRow[] rows =
[
    new ThroughputRow(), new LatencyRow(), new PeakMemoryRow(), new GarbageRow(),
    new SmallFramesRow(), new LongRunRow(), new PyramidRow(), new EncoderRow(), new StartRow(), new ScalingRow(), new SpanRow(),
    new VisibilityRow(), new ReadingRow(),
];
NativeLibraries.Register();
if (args is [ChildProcess.Argument, .. var childArguments])
    return ChildProcess.Work(childArguments);
try
{
    var options = Options.Parse(args);
    var results = new Results(Machine.ThisOne(options.Quick));
    using (var run = new BenchmarkRun(options, results, ConsoleReport.Say))
    {
        foreach (var row in rows.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Number)))
        {
            ConsoleReport.Say($"row {row.Number}: {row.Title}");
            row.Measure(run);
        }
    }

    ConsoleReport.Write(results);
    ResultFiles.Write(results, options);
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n{Options.Usage}");
    return misused;
}
catch (Exception exception) when (exception is FileNotFoundException or DllNotFoundException or OmzException)
{
    Console.Error.WriteLine(exception.Message);
    return failed;
}
