using System.Text.Json;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Parsing;
using OmeZarr.Acquisition.Text;
using OmeZarr.Zarr;

namespace OmeZarr.Documents;

/// <summary>
/// The settings that say what a dataset is, as it keeps them: who goes on with it must give the same. With defaults filled in.
/// </summary>
public static class StoredSettings
{
    /// <summary>Their name among this library's own metadata.</summary>
    public const string Key = "settings";

    // How it is written, and where: that may be another way the next time.
    private static readonly string[] Free =
        ["root_path", "overwrite", "resume", "pipeline", "durability", "store", "monitor", "early_end", "format"];

    private static readonly string[] FreeOfFrames = ["row_stride", "slot_bytes"];

    /// <summary>The document that has them.</summary>
    public static string DocumentOf(AcquisitionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Structure == DatasetStructure.Image ? ArrayMetadata.Key : $"{GroupNames.OmeGroup}/{ArrayMetadata.Key}";
    }

    /// <summary>Those of a plan, to be written any number of times.</summary>
    public static JsonElement ElementOf(AcquisitionPlan plan)
    {
        using var document = JsonDocument.Parse(Of(plan).ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>Those of a plan.</summary>
    public static JsonObject Of(AcquisitionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var settings = SettingsWriter.Write(plan.Settings);
        foreach (var key in Free)
            settings.Remove(key);
        foreach (var camera in (settings["arrays"] as JsonArray ?? []).OfType<JsonObject>().Append(settings))
        {
            if (camera["frame"] is not JsonObject frame)
                continue;
            foreach (var key in FreeOfFrames)
                frame.Remove(key);
        }

        RemoveNulls(settings);
        return settings;
    }

    /// <summary>
    /// The first setting in which a plan differs from what a dataset has, with both values; null when there is none.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="stored">Its settings as the dataset has them.</param>
    public static string? FirstDifference(AcquisitionPlan plan, JsonObject stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return FirstDifference("", stored, Of(plan));
    }

    private static string? FirstDifference(string path, JsonNode? was, JsonNode? wanted)
    {
        if (was is JsonObject before && wanted is JsonObject after)
        {
            return before.Select(member => member.Key).Union(after.Select(member => member.Key))
                .Select(key => FirstDifference(path.Length == 0 ? key : $"{path}.{key}", before[key], after[key]))
                .FirstOrDefault(found => found is not null);
        }

        if (was is JsonArray first && wanted is JsonArray second && first.Count == second.Count)
        {
            return first.Select((item, i) => FirstDifference($"{path}[{i}]", item, second[i]))
                .FirstOrDefault(found => found is not null);
        }

        return was?.ToJsonString() == wanted?.ToJsonString() ? null : $"`{path}` was {Short(was)} and is now {Short(wanted)}";
    }

    private static string Short(JsonNode? value)
    {
        const int most = 200;
        var text = value?.ToJsonString() ?? "not given";
        return text.Length <= most ? text : $"{text[..most]}...";
    }

    private static void RemoveNulls(JsonNode? json)
    {
        if (json is JsonObject members)
        {
            foreach (var (key, _) in members.Where(member => member.Value is null).ToArray())
                members.Remove(key);
            foreach (var (_, value) in members)
                RemoveNulls(value);
        }

        foreach (var item in json as JsonArray ?? [])
            RemoveNulls(item);
    }
}
