using System.Globalization;
using OmeZarr.Benchmarks.Measuring;

namespace OmeZarr.Benchmarks.Report;

/// <summary>
/// A panel for each pace: percentiles of appends, and of plain copies of the same frames, on a logarithmic scale.
/// </summary>
internal static class LatencyPlot
{
    private const double Left = 76, PanelWidth = 520, PanelHeight = 150, Gap = 60, Top = 78, Right = 30;

    public static string Draw(IReadOnlyList<LatencyCurve> curves)
    {
        var canvas = new SvgCanvas(Left + PanelWidth + Right, Top + curves.Count * (PanelHeight + Gap));
        canvas.Text(8, 20, "How long an append holds the camera thread", size: 14);
        canvas.Text(8, 40, "blue: omz_append_frame; red: memcpy of a frame, in between, on the same thread");
        for (var i = 0; i < curves.Count; i++)
            DrawPanel(canvas, curves[i], Top + i * (PanelHeight + Gap));
        return canvas.ToString();
    }

    private static void DrawPanel(SvgCanvas canvas, LatencyCurve curve, double top)
    {
        var points = curve.Points.Where(point => point.Share >= 0.5).ToArray();
        var low = Math.Floor(Math.Log10(points.Min(point => Math.Min(point.AppendNs, point.CopyNs))));
        var high = Math.Max(low + 1, Math.Ceiling(Math.Log10(points.Max(point => Math.Max(point.AppendNs, point.CopyNs)))));
        double X(int index) => Left + PanelWidth * index / Math.Max(1, points.Length - 1);
        double Y(double nanoseconds) => top + PanelHeight * (high - Math.Log10(nanoseconds)) / (high - low);
        canvas.Text(Left, top - 8, curve.Name);
        for (var power = low; power <= high; power++)
        {
            var y = Y(Math.Pow(10, power));
            canvas.Line(Left, y, Left + PanelWidth, y, SvgCanvas.Faint);
            canvas.Text(Left - 8, y + 4, Duration(Math.Pow(10, power)), "end");
        }

        for (var i = 0; i < points.Length; i++)
            canvas.Text(X(i), top + PanelHeight + 16, ShareName(points[i].Share), "middle");
        canvas.Polyline(points.Select((point, i) => (X(i), Y(point.CopyNs))), SvgCanvas.Second);
        canvas.Polyline(points.Select((point, i) => (X(i), Y(point.AppendNs))), SvgCanvas.Bar);
    }

    private static string ShareName(double share) =>
        share >= 1 ? "longest" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Figures.Number(nanoseconds)} ns",
        < 1e6 => $"{Figures.Number(nanoseconds / 1e3)} µs",
        < 1e9 => $"{Figures.Number(nanoseconds / 1e6)} ms",
        _ => $"{Figures.Number(nanoseconds / 1e9)} s",
    };
}
