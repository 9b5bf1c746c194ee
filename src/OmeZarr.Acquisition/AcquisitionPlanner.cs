using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition;

/// <summary>Turns a settings document into a plan. Pure: touches no disk. Any thread may call.</summary>
public static class AcquisitionPlanner
{
    /// <summary>
    /// Room for all positions that there can be, with long names and every member. While a document is read it takes up to
    /// 13 times its size.
    /// </summary>
    public const int MostBytes = 32 << 20;

    /// <summary>Settings are at most seven levels deep.</summary>
    private const int MostDepth = 16;

    /// <summary>Reads, checks and resolves a settings document.</summary>
    /// <param name="utf8Json">The document; docs/settings.md is its reference. Any bytes are safe.</param>
    /// <exception cref="SettingsException">The document is refused, with all its problems.</exception>
    public static AcquisitionPlan Plan(ReadOnlySpan<byte> utf8Json)
    {
        var problems = new ProblemList();
        using var document = Open(utf8Json, problems);
        var settings = SettingsParser.Parse(document.RootElement, problems);
        problems.ThrowIfAny();
        return Plan(settings, AutoLimits.Of(settings), problems) with { SettingsBytes = utf8Json.Length };
    }

    /// <summary>The same acquisition with other limits for automatic layouts.</summary>
    /// <exception cref="SettingsException">Such a layout is not possible.</exception>
    public static AcquisitionPlan WithLimits(AcquisitionPlan plan, AutoLimits limits)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var other = Plan(plan.Settings, limits, new ProblemList());
        return other with { SettingsBytes = plan.SettingsBytes, Warnings = plan.Warnings };
    }

    private static JsonDocument Open(ReadOnlySpan<byte> utf8Json, ProblemList problems)
    {
        try
        {
            var document = JsonText.Open(utf8Json, MostBytes, MostDepth);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            problems.Add("", document.RootElement, "a JSON object");
            document.Dispose();
        }
        catch (FormatException error)
        {
            problems.Add("", error.Message);
        }

        throw problems.ToException();
    }

    private static AcquisitionPlan Plan(AcquisitionSettings settings, AutoLimits limits, ProblemList problems)
    {
        ImagePlanner.Check(settings, problems);
        if (settings.OmeXml == true && OmeXmlRules.Refusal(settings) is { } refusal)
            problems.Add("ome_xml", $"cannot be true: {refusal}");
        foreach (var (i, camera) in settings.Cameras.Index())
            Conformance.Check(camera, settings.OmeZarrVersion, key => Under(settings, i, key), problems);
        var layouts = settings.Cameras.Select((camera, i) => ArrayLayout.Of(camera, limits, PathOf(settings, i), problems))
            .ToArray();
        problems.ThrowIfAny();
        var levels = settings.Cameras.Select((camera, i) =>
            LevelPlanner.Of(camera, layouts[i]!, PyramidOf(settings, i), problems)).ToArray();
        problems.ThrowIfAny();
        var images = ImagePlanner.Of(settings);
        Conformance.CheckFields(settings, images.SelectMany(one => one), problems);
        CheckArrays(settings, levels, images, problems);
        var paths = ImagePlanner.CameraPaths(settings);
        ImmutableArray<CameraPlan> cameras = [.. settings.Cameras.Select((camera, i) =>
            Camera(settings, camera, paths[i], levels[i], images[i], firstImage: images[..i].Sum(before => before.Length)))];
        KeyLimits.Check(cameras, problems);
        problems.ThrowIfAny();
        var structure = settings.Plate is not null ? DatasetStructure.Plate
            : settings.HasKeys || images[0].Length > 1 ? DatasetStructure.Collection
            : DatasetStructure.Image;
        return new AcquisitionPlan
        {
            Settings = settings,
            OutputPath = OutputPath.Of(settings.RootPath, settings.Format),
            Structure = structure,
            HasOmeXml = (settings.OmeXml ?? structure != DatasetStructure.Image) && OmeXmlRules.Refusal(settings) is null,
            Cameras = cameras,
            Images = [.. cameras.SelectMany(camera => camera.Images)],
            Wells = settings.Plate is { } plate ? PlateFields.Wells(plate, images[0]) : [],
            Arrays = [.. cameras.SelectMany(camera => camera.Levels).SelectMany(level => level.Arrays)],
            Warnings = PlanWarnings.Of(settings, structure, cameras, problems),
        };
    }

    private static CameraPlan Camera(
        AcquisitionSettings settings, CameraSettings camera, string path, ImmutableArray<LevelPlan> levels,
        ImmutableArray<ImagePlan> images, int firstImage)
    {
        var axes = StorageAxes.InOrder(camera);
        return new CameraPlan
        {
            Key = camera.Key,
            Path = path,
            Settings = camera,
            Pipeline = settings.Pipeline,
            Axes = axes,
            Images = images,
            FirstImage = firstImage,
            Levels = [.. levels.Select(level =>
                level with { Arrays = [.. images.Select(image => level.Arrays[0] with { Path = image.Below(level.Path) })] })],
            Router = StorageAxes.Router(camera, axes),
            CutAxis = settings.CutsEarlyEnd ? EarlyEnd.AxisOf(camera, axes) : -1,
            FrameHeight = camera.Dimensions[^2].Count!.Value,
            FrameWidth = camera.Dimensions[^1].Count!.Value,
        };
    }

    private static void CheckArrays(
        AcquisitionSettings settings, ImmutableArray<LevelPlan>[] levels, ImmutableArray<ImagePlan>[] images,
        ProblemList problems)
    {
        var arrays = levels.Zip(images, (level, image) => (long)level.Length * image.Length).Sum();
        if (arrays <= LevelPlanner.MostArrays)
            return;
        problems.Add(
            PyramidOf(settings, Array.FindIndex(levels, camera => camera.Length > 1)),
            $"makes {ProblemList.Show(arrays)} arrays of {ProblemList.Show(images.Sum(camera => camera.Length))} images; at most "
            + $"{ProblemList.Show(LevelPlanner.MostArrays)} are possible. Ask for fewer levels");
        problems.ThrowIfAny();
    }

    /// <summary>Where the dimensions of a camera are given.</summary>
    private static string PathOf(AcquisitionSettings settings, int camera) => Under(settings, camera, "dimensions");

    private static string PyramidOf(AcquisitionSettings settings, int camera) => Under(settings, camera, "pyramid");

    private static string Under(AcquisitionSettings settings, int camera, string key) =>
        settings.HasKeys ? $"arrays[{camera}].{key}" : key;
}
