using System.Text.Json.Nodes;
using OmeZarr.Ngff;

namespace OmeZarr.Cli.Inspection;

/// <summary>A report for programs; docs/omezarr.md describes the form.</summary>
internal static class ReportJson
{
    public static JsonObject Of(DatasetReport report) => new()
    {
        ["path"] = report.Path,
        ["kind"] = report.Kind.ToString().ToLowerInvariant(),
        ["version"] = report.Version,
        ["complete"] = report.Own?.IsComplete,
        ["writer"] = report.Own?.Json.DeepClone(),
        ["ome_xml"] = report.HasOmeXml,
        ["files"] = report.Files,
        ["file_bytes"] = report.FileBytes,
        ["plate"] = report.Plate is not { } plate ? null : new JsonObject
        {
            ["name"] = plate.Name,
            ["rows"] = plate.Rows,
            ["columns"] = plate.Columns,
            ["wells"] = plate.Wells,
        },
        ["images"] = new JsonArray([.. report.Images.Select(Image)]),
    };

    private static JsonObject Image(ImageReport report) => new()
    {
        ["path"] = report.Path,
        ["error"] = report.Error,
        ["name"] = report.Image?.Name,
        ["axes"] = new JsonArray([.. report.Image?.Axes.Select(Axis) ?? []]),
        ["channels"] = new JsonArray([.. report.Image?.Channels.Select(Channel) ?? []]),
        ["levels"] = new JsonArray([.. report.Levels.Select(Level)]),
    };

    private static JsonObject Axis(Axis axis) => new() { ["name"] = axis.Name, ["type"] = axis.Type, ["unit"] = axis.Unit };

    private static JsonObject Channel(Ngff.Stored.StoredChannel channel) => new()
    {
        ["label"] = channel.Label,
        ["color"] = channel.Color,
        ["active"] = channel.IsActive,
        ["window"] = channel.Window is { } window ? new JsonArray(window.Start, window.End) : null,
    };

    private static JsonObject Level(LevelReport report)
    {
        var array = report.Level.Array.Metadata;
        return new JsonObject
        {
            ["path"] = report.Level.Array.Path,
            ["shape"] = Numbers(array.Shape),
            ["dtype"] = array.Type.Name,
            ["scale"] = new JsonArray([.. report.Level.Scale.Select(value => JsonValue.Create(value))]),
            ["translation"] = new JsonArray([.. report.Level.Translation.Select(value => JsonValue.Create(value))]),
            ["chunk_shape"] = Numbers(array.Chunk.Innermost.Shape),
            ["shard_shape"] = array.Chunk.Shard is null ? null : Numbers(array.Chunk.Shape),
            ["codecs"] = array.Codecs.DeepClone(),
            ["objects"] = report.Objects,
            ["expected_objects"] = report.ExpectedObjects,
            ["stored_bytes"] = report.StoredBytes,
        };
    }

    private static JsonArray Numbers(IEnumerable<long> numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);
}
