namespace OmeZarr.Benchmarks.Rows;

/// <summary>A row of docs/performance.md: measures something and leaves findings.</summary>
internal interface IRow
{
    int Number { get; }

    string Title { get; }

    void Measure(BenchmarkRun run);
}
