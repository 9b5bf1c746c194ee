using System.Text.Json;
using OmeZarr.Acquisition.Parsing;

namespace OmeZarr.Acquisition;

/// <summary>Turns a settings document into a plan. Pure: touches no disk. Any thread may call.</summary>
public static class AcquisitionPlanner
{
    /// <summary>Room for hundreds of thousands of positions.</summary>
    private const int MostBytes = 64 << 20;

    /// <summary>Settings are at most seven levels deep.</summary>
    private const int MostLevels = 16;

    /// <summary>Reads, checks and resolves a settings document.</summary>
    /// <param name="utf8Json">The document; docs/settings.md is its reference. Any bytes are safe.</param>
    /// <exception cref="SettingsException">The document is refused, with all its problems.</exception>
    public static AcquisitionPlan Plan(ReadOnlySpan<byte> utf8Json)
    {
        var problems = new ProblemList();
        using var document = Open(utf8Json, problems);
        var settings = SettingsParser.Parse(document.RootElement, problems);
        problems.ThrowIfAny();
        return Plan(settings, problems);
    }

    private static JsonDocument Open(ReadOnlySpan<byte> utf8Json, ProblemList problems)
    {
        try
        {
            var document = JsonText.Open(utf8Json, MostBytes, MostLevels);
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

    private static AcquisitionPlan Plan(AcquisitionSettings settings, ProblemList problems)
    {
        var axes = StorageAxes.InOrder(settings);
        ImagePlanner.Check(settings, problems);
        if (settings.OmeXml == true && OmeXmlDescription.Refusal(settings) is { } refusal)
            problems.Add("ome_xml", $"cannot be true: {refusal}");
        var array = ArrayLayout.Of(settings, axes, problems);
        var images = ImagePlanner.Of(settings);
        var structure = settings.Plate is not null ? DatasetStructure.Plate
            : images.Length > 1 ? DatasetStructure.Collection
            : DatasetStructure.Image;
        return new AcquisitionPlan
        {
            Settings = settings,
            OutputPath = OutputPath.Of(settings.RootPath, settings.Format),
            Structure = structure,
            HasOmeXml = (settings.OmeXml ?? structure != DatasetStructure.Image) && OmeXmlDescription.Refusal(settings) is null,
            Axes = axes,
            Images = images,
            Wells = settings.Plate is { } plate ? PlateFields.Wells(plate, images) : [],
            Arrays = [.. images.Select(image => array with { Path = image.ArrayPath })],
            Router = StorageAxes.Router(settings, axes),
            FrameHeight = settings.Dimensions[^2].Count!.Value,
            FrameWidth = settings.Dimensions[^1].Count!.Value,
            Warnings = PlanWarnings.Of(settings, axes, images),
        };
    }
}
