using System.Globalization;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Serving.Http;

namespace OmeZarr.Serving.Routes;

/// <summary>Which pixels are asked for: a rectangle of a plane of a level, all of them or every second, third, …</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Level">Number of its level.</param>
/// <param name="At">The plane's indices along all axes but the last two.</param>
/// <param name="Y">First row.</param>
/// <param name="X">First column.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Columns">How many columns.</param>
/// <param name="Step">From one row or column to the next.</param>
internal sealed record TileRequest(
    int Image, int Level, IReadOnlyList<long> At, long Y, long X, long Rows, long Columns, long Step)
{
    /// <summary>A tile has at most so many pixels, so that it fits a connection's buffer with any type.</summary>
    public const int MostPixels = 512 * 512;

    private const int MostAxes = 32;

    /// <summary>Reads the query of an address.</summary>
    /// <exception cref="HttpRefusedException">Something is missing or no number.</exception>
    public static TileRequest Of(IReadOnlyDictionary<string, string> query)
    {
        var at = query.GetValueOrDefault("at", "");
        if (at.Count(',') >= MostAxes)
            throw new HttpRefusedException(400, "there are too many indices");
        return new TileRequest(
            (int)Number(query, "image", int.MaxValue), (int)Number(query, "level", int.MaxValue),
            at.Length == 0 ? [] : [.. at.Split(',').Select(text => Number(text, "at", long.MaxValue))],
            Number(query, "y", long.MaxValue), Number(query, "x", long.MaxValue), Number(query, "h", MostPixels),
            Number(query, "w", MostPixels), Math.Max(1, Number(query, "step", int.MaxValue)));
    }

    /// <summary>A number of the query; 0 when it is not given.</summary>
    public static long Number(IReadOnlyDictionary<string, string> query, string name, long most) =>
        Number(query.GetValueOrDefault(name, "0"), name, most);

    /// <summary>What of a level that is.</summary>
    /// <exception cref="HttpRefusedException">It is no picture, or too large.</exception>
    /// <exception cref="ReadingException">It does not lie in the array.</exception>
    public Region In(ImageLevel level)
    {
        var shape = level.Array.Metadata.Shape;
        if (shape.Length < 2)
            throw new HttpRefusedException(422, "an array of one axis has no picture");
        if (At.Count != shape.Length - 2)
            throw new HttpRefusedException(400, $"a plane has {shape.Length - 2} indices; {At.Count} are given");
        if (Rows * Columns > MostPixels)
            throw new HttpRefusedException(400, $"a tile has at most {MostPixels} pixels");
        var ones = Enumerable.Repeat(1L, At.Count);
        return Region.Of(shape.AsSpan(), [.. At, Y, X], [.. ones, Rows, Columns], [.. ones, Step, Step]);
    }

    private static long Number(string text, string name, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new HttpRefusedException(400, $"'{name}' is no number from 0 to {most}");
}
