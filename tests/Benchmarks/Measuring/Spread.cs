namespace OmeZarr.Benchmarks.Measuring;

/// <summary>What repetitions gave.</summary>
internal sealed record Spread(double Median, double Min, double Max, int Repetitions)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            throw new ArgumentException("no repetition was measured");
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1], sorted.Length);
    }

    public static Spread Of(double value) => new(value, value, value, 1);
}
