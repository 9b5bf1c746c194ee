using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>The rules of OME-Zarr that settings could break; docs/conformance.md lists all that are kept.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#multiscale-md"/>
internal static class Conformance
{
    /// <summary>Reports what would make the images of a camera break a rule, with the way out.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="path">Where its <c>storage_order</c> is given.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static void Check(CameraSettings camera, string path, ProblemList problems)
    {
        if (camera.AllowNonconforming)
            return;
        foreach (var rule in Broken(camera))
        {
            problems.Add(
                path,
                $"breaks OME-Zarr: {rule}. Use `storage_order`: \"ome\", or `allow_nonconforming`: true to write it anyway");
        }
    }

    /// <summary>The rules that the images of a camera break, each in a sentence with what breaks it.</summary>
    public static IEnumerable<string> Broken(CameraSettings camera)
    {
        var axes = StorageAxes.InOrder(camera);
        var alike = axes.Where(ImageAxes.IsChannelOrCustom).ToArray();
        if (alike.Length > 1)
            yield return $"an image must have at most one axis of channels or of another kind, and has {Names(alike)}";
        var ranks = axes.Select(ImageAxes.RankOf).ToArray();
        if (!ranks.SequenceEqual(ranks.Order()))
            yield return $"axes must be in the order time, channels or another kind, space, and are {Names(axes)}";
    }

    private static string Names(IEnumerable<DimensionSettings> axes) => string.Join(", ", axes.Select(axis => axis.Name));
}
