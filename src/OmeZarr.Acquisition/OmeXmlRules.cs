using OmeZarr.Acquisition.Settings;
using OmeZarr.Ngff.OmeXml;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition;

/// <summary>What OME-XML can describe.</summary>
internal static class OmeXmlRules
{
    /// <summary>Why OME-XML cannot describe an acquisition, or null when it can.</summary>
    public static string? Refusal(AcquisitionSettings settings) =>
        settings.Cameras.Select(Refusal).FirstOrDefault(refusal => refusal is not null);

    /// <summary>Whether an axis becomes channels there: all that is neither time nor space.</summary>
    public static bool IsChannelLike(DimensionSettings axis) => axis.Type is not (DimensionType.Time or DimensionType.Space);

    private static string? Refusal(CameraSettings settings)
    {
        if (OmeXmlWriter.PixelType(settings.DataType.Name()) is null)
            return $"OME-XML has no pixels of {settings.DataType.Name()}";
        var axes = settings.Axes;
        var longest = axes.Where(axis => !IsChannelLike(axis)).Max(axis => axis.Count ?? 1);
        var channels = ArrayLayout.Product(axes.Where(IsChannelLike).Select(axis => axis.Count ?? 1));
        return Math.Max(longest, channels) > int.MaxValue ? "OME-XML has no sizes above 2,147,483,647" : null;
    }
}
