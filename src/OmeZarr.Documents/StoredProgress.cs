using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Ngff.OmeXml;

namespace OmeZarr.Documents;

/// <summary>How far one of a dataset's cameras had come, as its root tells.</summary>
/// <param name="NextFrame">See <see cref="CameraState.NextFrame"/>.</param>
/// <param name="Counts">What became of the frames before it.</param>
/// <param name="Missing">Those of them that the dataset does not have.</param>
public sealed record StoredProgress(long NextFrame, FrameCounts Counts, FrameRuns Missing)
{
    /// <summary>The member of this library's own metadata with <see cref="NextFrame"/>.</summary>
    public const string NextFrameKey = "next_frame";

    /// <summary>The member with <see cref="CameraState.ResumedAt"/>.</summary>
    public const string ResumedAtKey = "resumed_at";

    private const string Date = "AcquisitionDate";

    /// <summary>See <see cref="CameraState.ResumedAt"/>.</summary>
    public long? ResumedAt { get; init; }

    /// <summary>Before this frame, every level has what full resolution has.</summary>
    public long WholeBefore { get; init; } = NextFrame;

    /// <summary>The same, and frames behind that are stored, too.</summary>
    /// <param name="next">The number behind the last of them.</param>
    /// <param name="missing">The frames between that are not stored.</param>
    public StoredProgress Until(long next, IEnumerable<FrameRun> missing)
    {
        List<FrameRun> runs = [.. Missing.Runs];
        foreach (var run in missing)
        {
            if (runs.Count > 0 && runs[^1].End == run.First)
                runs[^1] = runs[^1] with { Count = runs[^1].Count + run.Count };
            else
                runs.Add(run);
        }

        var kept = new FrameRuns([.. runs.Take(FrameRuns.Most)], Missing.IsCut || runs.Count > FrameRuns.Most);
        var appended = next - runs.Sum(run => run.Count);
        return this with
        {
            NextFrame = next,
            Missing = kept,
            Counts = Counts with { FramesSeen = next, FramesAppended = appended, FramesStored = appended },
            WholeBefore = WholeBefore,
        };
    }

    /// <summary>Reads that of each of a plan's cameras.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="root">The root's document.</param>
    /// <returns>Null: the root does not tell, or not of every camera.</returns>
    public static ImmutableArray<StoredProgress>? Read(AcquisitionPlan plan, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var own = StoredMetadata.OwnOf(root);
        var cameras = plan.Cameras.Select(camera => Read(plan.Settings.HasKeys ? Keyed(own, camera.Key) : own)).ToArray();
        return cameras.Contains(null) ? null : [.. cameras!];
    }

    /// <summary>The settings in a document, see <see cref="StoredSettings.DocumentOf"/>; null when it has none.</summary>
    public static JsonObject? Settings(ReadOnlySpan<byte> document) =>
        StoredMetadata.OwnOf(document)?[StoredSettings.Key] as JsonObject;

    /// <summary>When an acquisition began, as its OME-XML tells; null when it does not, or there is none.</summary>
    public static DateTimeOffset? Begun(AcquisitionPlan plan, Func<string, byte[]?> stored)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(stored);
        if (!plan.HasOmeXml || stored(OmeXmlWriter.Key) is not { } omeXml)
            return null;
        var text = Encoding.UTF8.GetString(omeXml);
        var start = text.IndexOf($"<{Date}>", StringComparison.Ordinal);
        var end = text.IndexOf($"</{Date}>", StringComparison.Ordinal);
        return start >= 0 && end > start && DateTimeOffset.TryParse(
            text.AsSpan(start + Date.Length + 2, end - start - Date.Length - 2), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var begun) ? begun : null;
    }

    private static JsonObject? Keyed(JsonObject? own, string key) => (own?["arrays"] as JsonArray)?.OfType<JsonObject>()
        .FirstOrDefault(camera => camera["key"] is JsonValue value && value.TryGetValue(out string? name) && name == key);

    private static StoredProgress? Read(JsonObject? own)
    {
        if (own is null || Number(own, NextFrameKey) is not { } next)
            return null;
        var runs = Runs(own["missing_frames"] as JsonArray ?? []).Where(run => run.First < next)
            .Select(run => run with { Count = Math.Min(run.Count, next - run.First) }).ToImmutableArray();
        var isCut = own["missing_frames_cut"] is not null;
        var missing = runs.Sum(run => run.Count);
        // Later ones count only once they have come again.
        var skipped = Math.Min(Number(own, "frames_skipped") ?? 0, missing);
        var dropped = Math.Min(Number(own, "frames_dropped") ?? 0, missing - skipped);
        var appended = isCut ? Math.Min(next, Number(own, "frames_appended") ?? 0) : next - missing;
        return new StoredProgress(
            next, new FrameCounts(next, appended, skipped, dropped, appended), new FrameRuns(runs, isCut))
        {
            ResumedAt = Number(own, ResumedAtKey),
        };
    }

    private static long? Number(JsonObject json, string key) =>
        json[key] is JsonValue value && value.TryGetValue(out long number) && number >= 0 ? number : null;

    private static IEnumerable<FrameRun> Runs(JsonArray runs)
    {
        long end = 0;
        foreach (var run in runs)
        {
            if (run is not JsonArray { Count: 2 } pair || pair[0] is not JsonValue first || !first.TryGetValue(out long from)
                || pair[1] is not JsonValue second || !second.TryGetValue(out long count) || from < end || count < 1
                || count > long.MaxValue - from)
                continue;
            end = from + count;
            yield return new FrameRun(from, count);
        }
    }
}
