using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>Says what is allowed but unusual, so that a user can look twice.</summary>
internal static class PlanWarnings
{
    public static ImmutableArray<string> Of(
        AcquisitionSettings settings, DatasetStructure structure, ImmutableArray<CameraPlan> cameras)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (var camera in cameras)
            warnings.AddRange(OfAxes(camera).Select(warning => camera.Key.Length == 0 ? warning : $"{camera.Key}: {warning}"));
        if (structure != DatasetStructure.Image && settings.OmeXml is null && OmeXmlRules.Refusal(settings) is { } refusal)
            warnings.Add($"METADATA.ome.xml is left out: {refusal}");
        if (structure != DatasetStructure.Image
            && Renamed(settings, [.. cameras.SelectMany(camera => camera.Images)]) is { } warning)
            warnings.Add(warning);
        return warnings.ToImmutable();
    }

    private static IEnumerable<string> OfAxes(CameraPlan camera)
    {
        var axes = camera.Axes;
        foreach (var dimension in camera.Settings.Dimensions[^2..]
            .Where(axis => axis.Name.ToLowerInvariant() is not ("x" or "y")))
            yield return $"the frame's own dimension `{dimension.Name}` is taken for space; usual names are y and x";
        var customs = axes.Where(axis => axis.Type is null or DimensionType.Other or DimensionType.Channel).ToArray();
        if (customs.Length > 1)
            yield return $"OME-Zarr knows one axis of channels or of another kind; strict readers may refuse {Names(customs)}";
        var ranks = axes.Select(StorageAxes.OmeRank).ToArray();
        if (!ranks.SequenceEqual(ranks.Order()))
            yield return $"OME-Zarr wants the axes as time, channel, space; strict readers may refuse {Names(axes)}";
    }

    /// <summary>Images whose group has another name than they have, which only their metadata keeps.</summary>
    private static string? Renamed(AcquisitionSettings settings, ImmutableArray<ImagePlan> images)
    {
        var renamed = images.Where(image => image.Path[(image.Path.LastIndexOf('/') + 1)..] != NameOf(image)).ToArray();
        if (renamed.Length == 0)
            return null;
        var why = settings.Plate is null
            ? "names must differ by more than case, and OME is taken"
            : "fields of a plate have only letters and digits, and differ by more than case";
        return $"{renamed.Length} images have another path than their name, such as {renamed[0].Path} for "
            + $"{ProblemList.Show(renamed[0].Name)}: {why}";

        string NameOf(ImagePlan image) => settings.Plate is null ? image.Name : PlateFields.NameOf(image);
    }

    private static string Names(IEnumerable<DimensionSettings> axes) => string.Join(", ", axes.Select(axis => axis.Name));
}
