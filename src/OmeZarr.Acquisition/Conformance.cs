using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;

namespace OmeZarr.Acquisition;

/// <summary>The rules of OME-Zarr that settings could break; docs/conformance.md lists all that are kept.</summary>
/// <seealso href="https://ngff.openmicroscopy.org/0.5/index.html#multiscale-md"/>
internal static class Conformance
{
    private const string AnywayToo = "or `allow_nonconforming`: true to write it anyway";

    /// <summary>Reports what would make the images of a camera break a rule, with the way out.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="version">The version that is written.</param>
    /// <param name="pathOf">Where one of the camera's settings is given.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static void Check(CameraSettings camera, NgffVersion version, Func<string, string> pathOf, ProblemList problems)
    {
        if (camera.AllowNonconforming)
            return;
        foreach (var rule in BrokenByOrder(camera))
            problems.Add(pathOf("storage_order"), $"breaks OME-Zarr: {rule}. Use `storage_order`: \"ome\", {AnywayToo}");
        foreach (var rule in BrokenByScales(camera, version))
        {
            problems.Add(pathOf("dimensions"),
                $"breaks OME-Zarr: {rule}. Use `ome_zarr_version`: \"{NgffVersions.Default.Name}\", {AnywayToo}");
        }
    }

    /// <summary>Reports a plate whose fields have paths that break a rule, with the way out.</summary>
    public static void CheckFields(AcquisitionSettings settings, IEnumerable<ImagePlan> images, ProblemList problems)
    {
        if (!settings.AllowNonconforming && BrokenByFields(settings, images) is { } rule)
        {
            var others = NgffVersions.All.Where(other => other.AllowsMarksInFields).Select(other => $"\"{other.Name}\"");
            problems.Add("plate.field_paths", $"breaks OME-Zarr: {rule}. Use \"numbers\", names of letters and digits, "
                + $"`ome_zarr_version`: {string.Join(" or ", others)}, {AnywayToo}");
        }
    }

    /// <summary>The rule that the paths of a plate's fields break, with one that does; null when they keep it.</summary>
    public static string? BrokenByFields(AcquisitionSettings settings, IEnumerable<ImagePlan> images)
    {
        if (settings.Plate is not { NamesFields: true } || settings.OmeZarrVersion.AllowsMarksInFields)
            return null;
        var field = images.Select(image => image.Path[(image.Path.LastIndexOf('/') + 1)..])
            .FirstOrDefault(path => !path.All(char.IsAsciiLetterOrDigit));
        return field is null ? null
            : $"in {settings.OmeZarrVersion.Name} the path of a field has letters and digits only, and one would be {field}";
    }

    /// <summary>The rules that the images of a camera break, each in a sentence with what breaks it.</summary>
    public static IEnumerable<string> Broken(CameraSettings camera, NgffVersion version) =>
        BrokenByOrder(camera).Concat(BrokenByScales(camera, version));

    private static IEnumerable<string> BrokenByOrder(CameraSettings camera)
    {
        var axes = StorageAxes.InOrder(camera);
        var alike = axes.Where(ImageAxes.IsChannelOrCustom).ToArray();
        if (alike.Length > 1)
            yield return $"an image must have at most one axis of channels or of another kind, and has {Names(alike)}";
        var ranks = axes.Select(ImageAxes.RankOf).ToArray();
        if (!ranks.SequenceEqual(ranks.Order()))
            yield return $"axes must be in the order time, channels or another kind, space, and are {Names(axes)}";
    }

    private static IEnumerable<string> BrokenByScales(CameraSettings camera, NgffVersion version)
    {
        var backwards = StorageAxes.InOrder(camera).Where(axis => axis.Scale < 0).ToArray();
        if (backwards.Length > 0 && !version.AllowsNegativeScales)
            yield return $"in {version.Name} a scale must be above 0, and it is negative along {Names(backwards)}";
    }

    private static string Names(IEnumerable<DimensionSettings> axes) => string.Join(", ", axes.Select(axis => axis.Name));
}
