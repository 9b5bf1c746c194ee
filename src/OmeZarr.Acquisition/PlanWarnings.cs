using System.Collections.Immutable;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;
using OmeZarr.Zarr.Chunks;

namespace OmeZarr.Acquisition;

/// <summary>Says what is allowed but unusual, so that a user can look twice.</summary>
internal static class PlanWarnings
{
    /// <summary>More files of full resolution than this are slow to list, to copy and to open.</summary>
    private const long ManyFiles = 10_000;

    public static ImmutableArray<string> Of(
        AcquisitionSettings settings, DatasetStructure structure, ImmutableArray<CameraPlan> cameras, ProblemList problems)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        warnings.AddRange(problems.Warnings);
        foreach (var camera in cameras)
        {
            warnings.AddRange(OfCamera(camera, settings.OmeZarrVersion)
                .Select(warning => camera.Key.Length == 0 ? warning : $"{camera.Key}: {warning}"));
        }

        if (Conformance.BrokenByFields(settings, cameras.SelectMany(camera => camera.Images)) is { } fields)
            warnings.Add(Broken(fields));
        if (structure != DatasetStructure.Image && settings.OmeXml is null && OmeXmlRules.Refusal(settings) is { } refusal)
            warnings.Add($"METADATA.ome.xml is left out: {refusal}");
        if (structure == DatasetStructure.Collection && Renamed([.. cameras.SelectMany(camera => camera.Images)]) is { } warning)
            warnings.Add(warning);
        return warnings.ToImmutable();
    }

    private static IEnumerable<string> OfCamera(CameraPlan camera, NgffVersion version)
    {
        foreach (var rule in Conformance.Broken(camera.Settings, version))
            yield return Broken(rule);
        foreach (var warning in OfAxes(camera).Concat(OfReaders(camera)).Concat(OfFiles(camera)))
            yield return warning;
    }

    private static IEnumerable<string> OfAxes(CameraPlan camera)
    {
        foreach (var dimension in camera.Settings.Dimensions[^2..]
            .Where(axis => axis.Name.ToLowerInvariant() is not ("x" or "y")))
            yield return $"the frame's own dimension `{dimension.Name}` is taken for space; usual names are y and x";
        var space = camera.Axes.Where(axis => axis.Type == DimensionType.Space).ToArray();
        var places = space.Select(StorageAxes.OmeRank).ToArray();
        if (!places.SequenceEqual(places.Order()))
            yield return $"OME-Zarr recommends the axes of space in the order z, y, x; they are {Names(space)}";
    }

    private static IEnumerable<string> OfFiles(CameraPlan camera)
    {
        var files = camera.Levels[0].Arrays.Where(array => array.UnboundedAxis < 0)
            .Aggregate(UInt128.Zero, (sum, array) => sum + Files(array));
        if (files > ManyFiles)
            yield return $"full resolution becomes {files:N0} files; with `layout`: \"auto\", or shards, frames share files";
    }

    private static UInt128 Files(ArrayPlan array)
    {
        var files = UInt128.One;
        for (var axis = 0; axis < array.Shape.Length; axis++)
        {
            var length = (UInt128)array.ChunkShape[axis]
                * (UInt128)(array.IsSharded ? array.ShardShapeInChunks[axis] : 1);
            files *= ((UInt128)array.Shape[axis] + length - 1) / length;
        }

        return files;
    }

    /// <summary>What a known reader refuses although it breaks no rule.</summary>
    private static IEnumerable<string> OfReaders(CameraPlan camera)
    {
        if (camera.Settings.Compression is Compression.Zstd { Level: < 0 } zstd)
            yield return $"GDAL refuses arrays of zstd below level 0; the level is {zstd.Level}";
        var backwards = camera.Axes.Where(axis => axis.Scale < 0).ToArray();
        if (backwards.Length > 0 && camera.Levels.Length > 1)
            yield return "ome-zarr-models and yaozarrs refuse levels whose scale gets smaller, as a negative scale does; it is "
                + $"negative along {Names(backwards)}";
    }

    /// <summary>Images whose group has another name than they have, which only their metadata keeps.</summary>
    private static string? Renamed(ImmutableArray<ImagePlan> images)
    {
        var renamed = images.Where(image => image.Path != image.Name).ToArray();
        return renamed.Length == 0 ? null
            : $"{renamed.Length} images have another path than their name, such as {renamed[0].Path} for "
                + $"{ProblemList.Show(renamed[0].Name)}: paths have only what every file system and URL takes, and differ by "
                + "more than case";
    }

    private static string Broken(string rule) => $"breaks OME-Zarr, and strict readers refuse it: {rule}";

    private static string Names(IEnumerable<DimensionSettings> axes) => string.Join(", ", axes.Select(axis => axis.Name));
}
