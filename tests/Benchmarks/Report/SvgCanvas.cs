using System.Globalization;
using System.Security;
using System.Text;

namespace OmeZarr.Benchmarks.Report;

/// <summary>The few shapes that the plots need. Coordinates in pixels, y downwards.</summary>
internal sealed class SvgCanvas(double width, double height)
{
    public const string Ink = "#24292f", Faint = "#d0d7de", Bar = "#54aeff", Second = "#cf222e";

    private readonly StringBuilder _shapes = new();

    public void Rectangle(double x, double y, double w, double h, string fill) =>
        Add($"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{w:0.#}\" height=\"{h:0.#}\" fill=\"{fill}\"/>");

    public void Line(double x1, double y1, double x2, double y2, string stroke, double thickness = 1) =>
        Add($"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="{stroke}" stroke-width="{thickness:0.#}"/>""");

    public void Polyline(IEnumerable<(double X, double Y)> points, string stroke)
    {
        var list = string.Join(' ',
            points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")));
        Add($"<polyline points=\"{list}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\"/>");
    }

    /// <summary>A line of text whose <c>start</c>, <c>middle</c> or <c>end</c> lies at x.</summary>
    public void Text(double x, double y, string text, string anchor = "start", string fill = Ink, int size = 12) =>
        Add($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">{SecurityElement.Escape(text)}</text>""");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
         <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:0} {height:0}" font-family="sans-serif">
         <rect width="100%" height="100%" fill="white"/>
         {_shapes}</svg>

         """);

    private void Add(FormattableString shape) => _shapes.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
