using OmeZarr.Acquisition.Parsing;
using OmeZarr.Ngff;

namespace OmeZarr.Acquisition;

/// <summary>Says in OME-Zarr's terms what a plan's image is.</summary>
internal static class ImageDescription
{
    /// <param name="plan">The plan.</param>
    /// <param name="unboundedExtent">Length of the unbounded axis by now.</param>
    public static ImageMetadata Of(AcquisitionPlan plan, long unboundedExtent)
    {
        var axes = StorageAxes.InOrder(plan.Settings);
        var full = new ResolutionLevel(
            plan.Arrays[0].Path,
            [.. axes.Select(axis => axis.Scale ?? 1)],
            [.. axes.Select(axis => axis.Translation ?? 0)]);
        return new ImageMetadata(
            NameOf(plan),
            [.. axes.Select(axis => new Axis(axis.Name, axis.Type?.ToString().ToLowerInvariant(), axis.Unit))],
            [full],
            ChannelDisplay.Of(plan.Settings, unboundedExtent));
    }

    /// <summary>The last part of the root path, without its suffix.</summary>
    private static string NameOf(AcquisitionPlan plan)
    {
        var stem = OutputPath.Split(plan.Settings.RootPath).Stem;
        var name = stem[(stem.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.Length > 0 ? name : "image";
    }
}
