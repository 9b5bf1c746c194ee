using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OmeZarr.Acquisition;

namespace OmeZarr.Streaming.Tests;

/// <summary>Plans of small acquisitions, in one line each.</summary>
internal static partial class Given
{
    /// <summary>Flushed only when the test says so.</summary>
    private const string Unflushed = "\"flush_interval_ms\": 3600000";

    /// <summary>
    /// A plan of dimensions such as <c>t=?/4*2</c>: name, count (? for unbounded), chunk size, chunks of a shard. 
    /// Nothing is compressed.
    /// </summary>
    public static AcquisitionPlan Plan(
        string dimensions, string pipeline = "", string more = "", string durability = Unflushed, string type =
            "uint8", string compression = "none")
    {
        var json = dimensions.Split(' ').Select(Dimension);
        var document = $$"""
            {"root_path": "memory", "dtype": "{{type}}", "compression": "{{compression}}", "pipeline": {{{Workers(pipeline)}}{{pipeline}}},
             "durability": {{{durability}}}, "dimensions": [{{string.Join(", ", json)}}]{{Also(more)}}}
            """;
        return AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(document));
    }

    /// <summary>An acquisition of such dimensions all of whose frames come.</summary>
    public static Acquisition Acquisition(string dimensions, int levels, int frames) => new()
    {
        Settings = JsonNode.Parse($$"""
            {"root_path": "memory", "dtype": "uint8", "compression": "none", "pipeline": {"workers": 2}, "durability": {{{Unflushed}}},
             "pyramid": {"levels": {{levels}}}, "dimensions": [{{string.Join(", ", dimensions.Split(' ').Select(Dimension))}}]}
            """)!.AsObject(),
        Comes = [.. Enumerable.Repeat(true, frames)],
    };

    private static string Dimension(string text)
    {
        var parts = DimensionPattern().Match(text).Groups;
        var count = parts["count"].Value == "?" ? "null" : parts["count"].Value;
        var shard = parts["shard"].Success ? $", \"shard_size_chunks\": {parts["shard"]}" : "";
        var chunk = parts["chunk"].Success ? $", \"chunk_size\": {parts["chunk"]}" : "";
        return $"{{\"name\": \"{parts["name"]}\", \"count\": {count}{chunk}{shard}}}";
    }

    private static string Workers(string pipeline) =>
        pipeline.Contains("\"workers\"", StringComparison.Ordinal) ? "" : pipeline.Length == 0
            ? "\"workers\": 2"
            : "\"workers\": 2, ";

    private static string Also(string json) => json.Length == 0 ? "" : ", " + json;

    [GeneratedRegex(@"^(?<name>\w+)=(?<count>\d+|\?)(/(?<chunk>\d+))?(\*(?<shard>\d+))?$")]
    private static partial Regex DimensionPattern();
}
