using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OmeZarr.Reading;

/// <summary>
/// What this library's writer says of an acquisition in the root's <c>omezarr_native</c>. What is missing, or not as it should
/// be, is null: nothing depends on it to be read.
/// </summary>
/// <param name="IsComplete">Whether the dataset was finished.</param>
/// <param name="MissingFrames">Frames that are not stored, as first number and count.</param>
/// <param name="FrameMetadataPath">The group of the frames' metadata, or null.</param>
/// <param name="Json">All of it; only to be read.</param>
public sealed record OwnRecord(
    bool? IsComplete, ImmutableArray<(long First, long Count)> MissingFrames, string? FrameMetadataPath, JsonObject Json)
{
    /// <summary>The attribute's name.</summary>
    public const string Attribute = "omezarr_native";

    internal static OwnRecord? Read(JsonObject? attributes)
    {
        if (attributes?[Attribute] is not JsonObject own)
            return null;
        return new OwnRecord(
            own["complete"]?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
            [.. Runs(own["missing_frames"])],
            own["frame_metadata"] is JsonObject frames && frames["path"] is JsonValue path && path.TryGetValue(out string? text)
                ? text : null,
            own);
    }

    private static IEnumerable<(long, long)> Runs(JsonNode? runs)
    {
        foreach (var run in runs as JsonArray ?? [])
        {
            if (run is JsonArray { Count: 2 } pair && pair[0] is JsonValue first && first.TryGetValue(out long from)
                && pair[1] is JsonValue second && second.TryGetValue(out long count))
                yield return (from, count);
        }
    }
}
