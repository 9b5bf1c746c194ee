using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Report;

/// <summary>A bar for each layout, codec and place, and a mark at the ceiling that was measured beside it.</summary>
internal static class ThroughputPlot
{
    private const double Labels = 190, Plot = 560, Right = 60, Top = 46, BarHeight = 16, Step = 20, Title = 26, Bottom = 40;
    private const int MostTicks = 5;

    public static string Draw(IReadOnlyList<ThroughputFigure> figures)
    {
        var regimes = figures.GroupBy(figure => figure.Regime).ToArray();
        var height = Top + regimes.Length * Title + figures.Count * Step + Bottom;
        var canvas = new SvgCanvas(Labels + Plot + Right, height);
        var longest = figures.Max(figure => Math.Max(figure.Speed.Max, figure.Ceiling.Median));
        var step = RoundStep(longest / MostTicks);
        var most = Math.Ceiling(longest / step) * step;
        canvas.Text(8, 20, "Throughput of a saturated stream (bar: median, mark: ceiling of the same rounds)", size: 14);
        DrawAxis(canvas, step, most, height);
        var y = Top;
        foreach (var regime in regimes)
        {
            canvas.Text(8, y + Title - 9, regime.Key);
            y += Title;
            foreach (var figure in regime)
            {
                DrawBar(canvas, figure, most, y);
                y += Step;
            }
        }

        return canvas.ToString();
    }

    // The next 1, 2 or 5 times a power of ten.
    private static double RoundStep(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return power * (atLeast <= power ? 1 : atLeast <= 2 * power ? 2 : atLeast <= 5 * power ? 5 : 10);
    }

    private static void DrawAxis(SvgCanvas canvas, double step, double most, double height)
    {
        for (var speed = 0.0; speed <= most; speed += step)
        {
            var x = Labels + Plot * speed / most;
            canvas.Line(x, Top, x, height - Bottom, SvgCanvas.Faint);
            canvas.Text(x, height - Bottom + 18, Figures.Number(speed), "middle");
        }

        canvas.Text(Labels + Plot, height - 6, "MB/s of pixels", "end");
    }

    private static void DrawBar(SvgCanvas canvas, ThroughputFigure figure, double most, double y)
    {
        double X(double speed) => Labels + Plot * speed / most;
        canvas.Text(Labels - 8, y + BarHeight - 4, figure.Place, "end");
        canvas.Rectangle(Labels, y, X(figure.Speed.Median) - Labels, BarHeight, SvgCanvas.Bar);
        canvas.Line(X(figure.Speed.Min), y + BarHeight / 2, X(figure.Speed.Max), y + BarHeight / 2, SvgCanvas.Ink);
        canvas.Line(X(figure.Ceiling.Median), y - 1, X(figure.Ceiling.Median), y + BarHeight + 1, SvgCanvas.Second, 3);
    }
}
