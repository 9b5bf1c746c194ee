using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Documents;

/// <summary>
/// Decides which intensities of a channel are shown. Both ranges always have a width: viewers divide by it, and readers refuse an
/// image without one.
/// </summary>
internal static class DisplayWindow
{
    /// <summary>Of a large number, one count is so small a part that a float of 32 bits still tells it apart.</summary>
    private const double LeastShare = 1.0 / (1 << 20);

    /// <summary>What is given; else what the pixels are; else all that they could be.</summary>
    /// <param name="plan">The camera.</param>
    /// <param name="given">From the settings, in order, or null.</param>
    /// <param name="measured">From the pixels, or null.</param>
    public static OmeroWindow Of(CameraPlan plan, IntensityWindow? given, IntensityWindow? measured)
    {
        var (least, most) = PossibleOf(plan);
        // A colour camera has balanced its colours: they are shown in one range, which is not that of the picture.
        if (plan.PixelFormat.IsColor())
            measured = null;
        var (min, max) = (measured?.Min ?? least, measured?.Max ?? most);
        var (start, end) = WithWidth(
            given?.Start ?? given?.Min, given?.End ?? given?.Max, measured?.Start ?? min, measured?.End ?? max, min, max,
            greatest: GreatestOf(plan.DataType));
        return new OmeroWindow(Math.Min(start, given?.Min ?? min), Math.Max(end, given?.Max ?? max), start, end);
    }

    /// <summary>
    /// The range from black to full colour: what is given, and the usual of what is not; where that has no width, all there is;
    /// and where that has none either, one count.
    /// </summary>
    private static (double Start, double End) WithWidth(double? givenStart, double? givenEnd, double usualStart, double usualEnd,
        double min, double max, double greatest)
    {
        var (start, end) = (givenStart ?? usualStart, givenEnd ?? usualEnd);
        if (start >= end)
            (start, end) = (givenStart ?? min, givenEnd ?? max);
        if (start < end)
            return (start, end);
        if (givenEnd is { } top)
            return (top - CountAt(top), top);
        return start + CountAt(start) <= greatest || givenStart is not null
            ? (start, start + CountAt(start))
            : (start - CountAt(start), start);
    }

    private static double CountAt(double intensity) => Math.Max(1, Math.Abs(intensity) * LeastShare);

    /// <summary>Where that says nothing, as for floating point, it is 0 to 1.</summary>
    private static (double Least, double Most) PossibleOf(CameraPlan plan)
    {
        if (plan.SignificantBits is not { } bits)
            return (0, 1);
        var isSigned = plan.DataType is DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64;
        var half = Math.Pow(2, bits - 1);
        return isSigned ? (-half, half - 1) : (0, 2 * half - 1);
    }

    private static double GreatestOf(DataType type) => type switch
    {
        DataType.UInt8 => byte.MaxValue,
        DataType.Int8 => sbyte.MaxValue,
        DataType.UInt16 => ushort.MaxValue,
        DataType.Int16 => short.MaxValue,
        DataType.UInt32 => uint.MaxValue,
        DataType.Int32 => int.MaxValue,
        DataType.UInt64 => ulong.MaxValue,
        DataType.Int64 => long.MaxValue,
        DataType.Float32 => float.MaxValue,
        _ => double.MaxValue,
    };
}
