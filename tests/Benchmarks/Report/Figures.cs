using System.Globalization;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Report;

/// <summary>How figures are written: three digits that count, and the spread when there is one.</summary>
internal static class Figures
{
    private const int Digits = 3;

    public static string Spread(Spread spread, string unit)
    {
        var median = unit.Length == 0 ? Number(spread.Median) : $"{Number(spread.Median)} {unit}";
        return spread.Repetitions == 1 ? median
            : $"{median} [{Number(spread.Min)}..{Number(spread.Max)}, n {spread.Repetitions}]";
    }

    public static string Number(double value)
    {
        if (value == 0)
            return "0";
        var decimals = Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, Digits);
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
